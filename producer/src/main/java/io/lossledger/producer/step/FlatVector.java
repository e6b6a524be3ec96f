package io.lossledger.producer.step;

import com.google.protobuf.ByteString;
import io.lossledger.lca.AllocationKernel;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A vector over the model's flat parameters: the parameters, a change of them or a gradient; shape [length], float32 or
 * float64. Wraps the array without copying it, so the caller must no longer write to it. Immutable under this
 * condition.
 */
public final class FlatVector {
    private static final int DOT_BLOCK = 1_024;
    private static final int PARALLEL_SUMS = 4;

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

    /**
     * Σ weight · vector, computed in the element type of the vectors, which is also the result's.
     *
     * @param vectors at least one, all of one element type and length; as many as weights
     */
    public static FlatVector sum(double[] weights, List<FlatVector> vectors) {
        FlatVector first = vectors.get(0);
        if (first.floats == null) {
            double[] sum = new double[first.length()];
            for (int k = 0; k < weights.length; k++) {
                vectors.get(k).addScaledTo(sum, weights[k]);
            }
            return of(sum);
        }
        float[] sum = new float[first.length()];
        for (int k = 0; k < weights.length; k++) {
            addScaled(vectors.get(k).elements32(), (float) weights[k], sum);
        }
        return of(sum);
    }

    private static void addScaled(float[] vector, float weight, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * vector[i];
        }
    }

    /**
     * The point between two others, computed in double and rounded to the element type.
     *
     * @param s 0 for the start and 1 for the end
     */
    public static FlatVector between(ElementType type, FlatVector start, FlatVector end, double s) {
        if (type == ElementType.ELEMENT_TYPE_FLOAT32 && start.floats != null && end.floats != null) {
            float[] from = start.floats;
            float[] to = end.floats;
            float[] point = new float[from.length];
            for (int i = 0; i < point.length; i++) {
                double origin = from[i];
                point[i] = (float) (origin + s * (to[i] - origin));
            }
            return of(point);
        }
        return of(type, start.length(), i -> start.get(i) + s * (end.get(i) - start.get(i)));
    }

    /** The change from one point to another, computed in double and rounded to the element type. */
    public static FlatVector change(ElementType type, FlatVector start, FlatVector end) {
        if (type == ElementType.ELEMENT_TYPE_FLOAT32 && start.floats != null && end.floats != null) {
            float[] from = start.floats;
            float[] to = end.floats;
            float[] change = new float[from.length];
            for (int i = 0; i < change.length; i++) {
                change[i] = to[i] - from[i]; // the same bits as in double: its format has more than twice the digits
            }
            return of(change);
        }
        return of(type, start.length(), i -> end.get(i) - start.get(i));
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

    /** Copies {@code count} elements from {@code from} to the beginning of an array, each rounded to float32. */
    public void read(int from, int count, float[] into) {
        if (floats != null) {
            System.arraycopy(floats, from, into, 0, count);
            return;
        }
        double[] elements = elements64();
        for (int i = 0; i < count; i++) {
            into[i] = (float) elements[from + i];
        }
    }

    /** Copies {@code count} elements from {@code from} to the beginning of an array. */
    public void read(int from, int count, double[] into) {
        if (floats == null) {
            System.arraycopy(elements64(), from, into, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            into[i] = floats[from + i];
        }
    }

    /** The scalar product with another vector, in double. */
    public double dot(FlatVector other) {
        return dot(other::read);
    }

    /** The scalar product with the change from one point to another, in double. */
    public double dot(FlatVector start, FlatVector end) {
        double[] before = new double[DOT_BLOCK];
        return dot((from, count, into) -> {
            start.read(from, count, before);
            end.read(from, count, into);
            for (int i = 0; i < count; i++) {
                into[i] -= before[i];
            }
        });
    }

    private interface Elements {
        void read(int from, int count, double[] into);
    }

    private double dot(Elements other) {
        double[] sums = new double[PARALLEL_SUMS];
        double[] here = new double[DOT_BLOCK];
        double[] there = new double[DOT_BLOCK];
        for (int from = 0; from < length(); from += DOT_BLOCK) {
            int count = Math.min(DOT_BLOCK, length() - from);
            read(from, count, here);
            other.read(from, count, there);
            addProducts(here, there, count, sums);
        }
        return Arrays.stream(sums).sum();
    }

    /** Several sums, because each addition waits for the one before. */
    private static void addProducts(double[] a, double[] b, int count, double[] sums) {
        double s0 = sums[0];
        double s1 = sums[1];
        double s2 = sums[2];
        double s3 = sums[3];
        int i = 0;
        for (; i + PARALLEL_SUMS <= count; i += PARALLEL_SUMS) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < count; i++) {
            s0 += a[i] * b[i];
        }
        sums[0] = s0;
        sums[1] = s1;
        sums[2] = s2;
        sums[3] = s3;
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

    private float[] elements32() {
        if (floats == null) {
            throw new IllegalArgumentException("vectors: must have one element type. Found: " + elementType());
        }
        return floats;
    }

    private double[] elements64() {
        if (doubles == null) {
            throw new IllegalStateException("A vector holds either floats or doubles");
        }
        return doubles;
    }
}
