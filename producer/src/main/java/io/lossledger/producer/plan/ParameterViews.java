package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The positions of a layer's parameters in the flat vector.
 *
 * @param owner the layer, for error messages
 * @param views its parameters under DL4J's keys
 * @param origin offset of the flat vector
 */
record ParameterViews(String owner, Map<String, INDArray> views, long origin) {

    /** The offset of a dense layer's weights, DL4J's [in, out] in column order: unit by unit. */
    int dense(String key, int in, int out) {
        return offset(key, new long[] {in, out}, new long[] {1, in});
    }

    /** The offset of a convolution's weights, [out, in, kernel height, kernel width] in row order. */
    int kernels(String key, int out, int in, int height, int width) {
        return offset(key, new long[] {out, in, height, width}, new long[] {
            (long) in * height * width, (long) height * width, width, 1
        });
    }

    /** The offset of one parameter for each channel; DL4J's array has the shape [count] or [1, count]. */
    int channels(String key, int count) {
        INDArray view = views.get(key);
        return view != null && view.rank() == 1
                ? offset(key, new long[] {count}, new long[] {1})
                : offset(key, new long[] {1, count}, new long[] {count, 1});
    }

    int channels(boolean present, String key, int count) {
        return present ? channels(key, count) : NetworkPlan.NONE;
    }

    private int offset(String key, long[] shape, long[] strides) {
        INDArray view = views.get(key);
        if (view == null || !isLaidOut(view, shape, strides)) {
            throw new NotPlannableException(owner + " has parameters " + key + " in a different layout");
        }
        return Math.toIntExact(view.offset() - origin);
    }

    private static boolean isLaidOut(INDArray view, long[] shape, long[] strides) {
        if (!Arrays.equals(view.shape(), shape)) {
            return false;
        }
        for (int i = 0; i < shape.length; i++) {
            // The stride of a dimension of length one has no meaning.
            if (shape[i] > 1 && view.stride(i) != strides[i]) {
                return false;
            }
        }
        return true;
    }
}
