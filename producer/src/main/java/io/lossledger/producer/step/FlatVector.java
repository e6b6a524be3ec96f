package io.lossledger.producer.step;

import com.google.protobuf.ByteString;
import io.lossledger.lca.AllocationKernel;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A vector over the model's flat parameters: the parameters, a change of them or a gradient; shape [length], float32 or
 * float64. Wraps the array without copying it, so the caller must no longer write to it. Immutable under this
 * condition.
 */
public final class FlatVector {
    private final float @Nullable [] floats;
    private final double @Nullable [] doubles;

    private FlatVector(float @Nullable [] floats, double @Nullable [] doubles) {
        this.floats = floats;
        this.doubles = doubles;
    }

    public static FlatVector of(float[] elements) {
        return new FlatVector(elements, null);
    }

    public static FlatVector of(double[] elements) {
        return new FlatVector(null, elements);
    }

    /** A vector of the requested element type; each element is rounded to it. */
    public static FlatVector of(ElementType type, double[] elements) {
        if (type == ElementType.ELEMENT_TYPE_FLOAT64) {
            return of(elements);
        }
        float[] rounded = new float[elements.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) elements[i];
        }
        return of(rounded);
    }

    /**
     * A vector whose elements are computed in double, and each rounded to the element type.
     *
     * @param element the element at an index
     */
    public static FlatVector of(ElementType type, int length, IntToDoubleFunction element) {
        if (type == ElementType.ELEMENT_TYPE_FLOAT64) {
            double[] elements = new double[length];
            Arrays.setAll(elements, element);
            return of(elements);
        }
        float[] rounded = new float[length];
        for (int i = 0; i < length; i++) {
            rounded[i] = (float) element.applyAsDouble(i);
        }
        return of(rounded);
    }

    public int length() {
        return floats != null ? floats.length : elements64().length;
    }

    public ElementType elementType() {
        return floats != null ? ElementType.ELEMENT_TYPE_FLOAT32 : ElementType.ELEMENT_TYPE_FLOAT64;
    }

    public int elementBytes() {
        return floats != null ? Float.BYTES : Double.BYTES;
    }

    public double get(int index) {
        return floats != null ? floats[index] : elements64()[index];
    }

    /** This vector in an element type; itself if it has this type, or each element rounded to it. */
    public FlatVector in(ElementType type) {
        return type == elementType() ? this : of(type, toDoubles());
    }

    /** Whether both have the same type and the same elements, NaN and the sign of zero included. */
    public boolean hasElementsOf(FlatVector other) {
        return Arrays.equals(floats, other.floats) && Arrays.equals(doubles, other.doubles);
    }

    /** A copy in double precision. */
    public double[] toDoubles() {
        return toDoubles(0, length());
    }

    /** A copy of {@code count} elements from {@code from}, in double precision. */
    public double[] toDoubles(int from, int count) {
        if (floats == null) {
            return Arrays.copyOfRange(elements64(), from, from + count);
        }
        double[] copy = new double[count];
        for (int i = 0; i < count; i++) {
            copy[i] = floats[from + i];
        }
        return copy;
    }

    /** Adds {@code weight} times this vector to {@code sum}, in double. */
    public void addScaledTo(double[] sum, double weight) {
        if (floats != null) {
            AllocationKernel.addScaled(floats, weight, sum, sum.length);
        } else {
            AllocationKernel.addScaled(elements64(), weight, sum, sum.length);
        }
    }

    /** {@code count} elements from {@code from}, encoded as in the contract. */
    public ByteString bytes(int from, int count) {
        return floats != null ? VectorBytes.encode(floats, from, count) : VectorBytes.encode(elements64(), from, count);
    }

    private double[] elements64() {
        if (doubles == null) {
            throw new IllegalStateException("A vector holds either floats or doubles");
        }
        return doubles;
    }
}
