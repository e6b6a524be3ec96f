package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import java.util.Arrays;

/**
 * The output of a node of a plan.
 *
 * @param node number of the node, or {@link NetworkPlan#INPUT}
 * @param form the array that DL4J sees
 * @param shape how it is read from here on; a preprocessor changes only the shape, nothing in memory
 */
record PlanValue(int node, Form form, Shape shape) {
    enum Form {
        /** An array of rank 2; the shape has one row and column. */
        VECTOR,
        /** An array of rank 4. */
        IMAGE,
        /** An array of another rank; the shape is that of a vector. */
        OTHER
    }

    /** The input of a network, with features of this shape for each example. */
    static PlanValue input(long... example) {
        int[] sizes = Arrays.stream(example).mapToInt(Math::toIntExact).toArray();
        if (sizes.length == 3) {
            return new PlanValue(NetworkPlan.INPUT, Form.IMAGE, new Shape(sizes[0], sizes[1], sizes[2]));
        }
        int size = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        return new PlanValue(NetworkPlan.INPUT, sizes.length == 1 ? Form.VECTOR : Form.OTHER, new Shape(size, 1, 1));
    }

    boolean isVector() {
        return form == Form.VECTOR;
    }

    boolean isImage() {
        return form == Form.IMAGE;
    }

    PlanValue asImage(Shape read) {
        return new PlanValue(node, Form.IMAGE, read);
    }

    PlanValue asVector() {
        return new PlanValue(node, Form.VECTOR, new Shape(shape.size(), 1, 1));
    }

    /** A text such as {@code images of 3 x 32 x 32}. */
    @Override
    public String toString() {
        return switch (form) {
            case VECTOR -> "vectors of " + shape.size();
            case IMAGE -> "images of " + shape.channels() + " x " + shape.height() + " x " + shape.width();
            case OTHER -> "neither vectors nor images";
        };
    }
}
