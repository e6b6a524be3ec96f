package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.Arrays;

/**
 * Moves values between an image and the matrix of the patches under a convolution's window (im2col and col2im). With the
 * example varying fastest, neighbouring columns of a row lie together, and whole rows are copied. Stateless.
 */
final class FloatPatches {
    private final Shape in;
    private final Shape out;
    private final Window window;

    FloatPatches(Convolution plan) {
        this.in = plan.in();
        this.out = plan.out();
        this.window = plan.window();
    }

    /** Fills the matrix with the patches of output rows {@code from} to {@code to}. */
    void gather(float[] image, int examples, int from, int to, FloatWorker worker) {
        int width = (to - from) * out.width() * examples;
        if (isPointwise()) {
            for (int channel = 0; channel < in.channels(); channel++) {
                int at = (channel * in.height() + from) * in.width() * examples;
                worker.patches.put(channel * width, image, at, width);
            }
            return;
        }
        int matrixRow = 0;
        for (int channel = 0; channel < in.channels(); channel++) {
            for (int y = 0; y < window.height(); y++) {
                for (int x = 0; x < window.width(); x++) {
                    for (int row = from; row < to; row++) {
                        gatherRow(
                                image, examples, channel, y, x, row, worker.row, (row - from) * out.width() * examples);
                    }
                    worker.patches.put(matrixRow++ * width, worker.row, 0, width);
                }
            }
        }
    }

    /** Adds the matrix to the places that its elements were gathered from. */
    void scatter(float[] image, int examples, int from, int to, FloatWorker worker) {
        int rowWidth = out.width() * examples;
        int at = 0;
        for (int channel = 0; channel < in.channels(); channel++) {
            for (int y = 0; y < window.height(); y++) {
                for (int x = 0; x < window.width(); x++) {
                    for (int row = from; row < to; row++) {
                        scatterRow(image, examples, channel, y, x, row, at, worker);
                        at += rowWidth;
                    }
                }
            }
        }
    }

    private boolean isPointwise() {
        return window.equals(Window.ONE);
    }

    private void gatherRow(float[] image, int examples, int channel, int y, int x, int row, float[] into, int at) {
        int inRow = row * window.rowStride() + y - window.top();
        if (inRow < 0 || inRow >= in.height()) {
            Arrays.fill(into, at, at + out.width() * examples, 0);
            return;
        }
        int first = firstColumn(x);
        int end = endColumn(x);
        Arrays.fill(into, at, at + first * examples, 0);
        Arrays.fill(into, at + end * examples, at + out.width() * examples, 0);
        int line = (channel * in.height() + inRow) * in.width();
        int stride = window.columnStride();
        int source = (line + first * stride + x - window.left()) * examples;
        if (stride == 1) {
            System.arraycopy(image, source, into, at + first * examples, (end - first) * examples);
            return;
        }
        for (int column = first; column < end; column++) {
            System.arraycopy(image, source, into, at + column * examples, examples);
            source += stride * examples;
        }
    }

    private void scatterRow(
            float[] image, int examples, int channel, int y, int x, int row, int at, FloatWorker worker) {
        int inRow = row * window.rowStride() + y - window.top();
        if (inRow < 0 || inRow >= in.height()) {
            return;
        }
        int first = firstColumn(x);
        int end = endColumn(x);
        int line = (channel * in.height() + inRow) * in.width();
        int stride = window.columnStride();
        int target = (line + first * stride + x - window.left()) * examples;
        if (stride == 1) {
            add(worker, at + first * examples, image, target, (end - first) * examples);
            return;
        }
        for (int column = first; column < end; column++) {
            add(worker, at + column * examples, image, target, examples);
            target += stride * examples;
        }
    }

    /** The copy has the index of the image, see {@link FloatSums}. */
    private static void add(FloatWorker worker, int at, float[] image, int target, int count) {
        float[] copy = worker.image;
        worker.patches.get(at, copy, target, count);
        for (int i = target; i < target + count; i++) {
            image[i] += copy[i];
        }
    }

    /** First output column whose window has its column {@code x} inside of the image. */
    private int firstColumn(int x) {
        int outside = window.left() - x;
        return outside <= 0 ? 0 : Math.min(out.width(), (outside + window.columnStride() - 1) / window.columnStride());
    }

    /** End of those columns. */
    private int endColumn(int x) {
        int inside = in.width() - 1 + window.left() - x;
        return inside < 0
                ? firstColumn(x)
                : Math.max(firstColumn(x), Math.min(out.width(), inside / window.columnStride() + 1));
    }
}
