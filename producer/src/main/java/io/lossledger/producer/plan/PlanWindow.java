package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.jspecify.annotations.Nullable;

/**
 * Where DL4J puts the windows of a convolution or a pool, and how many there are.
 *
 * @param rows number of window positions over the rows
 * @param columns the same over the columns
 */
record PlanWindow(Window window, int rows, int columns) {

    /**
     * @param owner the layer, for error messages
     * @throws NotPlannableException when DL4J would not accept these settings, or they are unknown
     */
    static PlanWindow of(
            String owner,
            Shape in,
            int[] kernel,
            int[] stride,
            int @Nullable [] padding,
            int[] dilation,
            @Nullable ConvolutionMode mode) {
        if (!Arrays.equals(dilation, new int[] {1, 1})) {
            throw new NotPlannableException(owner + " has the dilation " + Arrays.toString(dilation));
        }
        if (mode == null || mode == ConvolutionMode.Causal || kernel.length != 2 || stride.length != 2) {
            throw new NotPlannableException(owner + " has the mode " + mode);
        }
        int[] given = padding == null ? new int[2] : padding;
        Line rows = Line.of(owner, in.height(), kernel[0], stride[0], given[0], mode);
        Line columns = Line.of(owner, in.width(), kernel[1], stride[1], given[1], mode);
        return new PlanWindow(
                new Window(kernel[0], kernel[1], stride[0], stride[1], rows.before, columns.before),
                rows.places,
                columns.places);
    }

    /** The positions in one dimension. */
    private record Line(int places, int before) {
        static Line of(String owner, int length, int kernel, int stride, int padding, ConvolutionMode mode) {
            boolean same = mode == ConvolutionMode.Same;
            int room = length + 2 * padding - kernel;
            int places = same ? (length + stride - 1) / stride : Math.floorDiv(room, stride) + 1;
            // An odd place of padding comes last. Rounds towards zero like DL4J: one missing place is no padding.
            int before = same ? ((places - 1) * stride + kernel - length) / 2 : padding;
            boolean fits = places >= 1 && before >= 0 && (mode != ConvolutionMode.Strict || room % stride == 0);
            if (!fits) {
                throw new NotPlannableException(owner + " does not fit into " + length + " rows or columns");
            }
            return new Line(places, before);
        }
    }
}
