package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.blas.kernel.FloatSums;
import java.util.Arrays;

/**
 * Moves values between an image and a row of the matrix of the patches under a convolution's window (im2col and
 * col2im). A row belongs to a channel and a place in the window; its columns belong to places of the output, row by
 * row, and examples. The example varies fastest, so neighbouring columns of an image are contiguous and are copied
 * together. Stateless.
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

    /** Fills the part of a row for output places {@code from} to {@code to}; it begins at {@code at}. */
    void gather(float[] image, int examples, int row, int from, int to, float[] into, int at) {
        for (int place = from; place < to; ) {
            int column = place % out.width();
            int end = Math.min(out.width(), column + to - place);
            gatherLine(image, examples, row, place / out.width(), column, end, into, at);
            at += (end - column) * examples;
            place += end - column;
        }
    }

    /** Adds that part to the places it was gathered from. */
    void scatter(float[] image, int examples, int row, int from, int to, float[] matrix, int at, float[] copy) {
        for (int place = from; place < to; ) {
            int column = place % out.width();
            int end = Math.min(out.width(), column + to - place);
            scatterLine(image, examples, row, place / out.width(), column, end, matrix, at, copy);
            at += (end - column) * examples;
            place += end - column;
        }
    }

    private void gatherLine(float[] image, int examples, int row, int line, int column, int end, float[] into, int at) {
        int inLine = inLine(row, line);
        if (inLine < 0) {
            Arrays.fill(into, at, at + (end - column) * examples, 0);
            return;
        }
        int shift = shift(row);
        int first = Math.max(column, Math.min(end, firstInside(shift)));
        int last = Math.max(first, Math.min(end, endInside(shift)));
        int stride = window.columnStride();
        Arrays.fill(into, at, at + (first - column) * examples, 0);
        Arrays.fill(into, at + (last - column) * examples, at + (end - column) * examples, 0);
        int source = (inLine + first * stride + shift) * examples;
        int target = at + (first - column) * examples;
        if (stride == 1) {
            System.arraycopy(image, source, into, target, (last - first) * examples);
            return;
        }
        for (int i = first; i < last; i++) {
            System.arraycopy(image, source, into, target, examples);
            source += stride * examples;
            target += examples;
        }
    }

    private void scatterLine(
            float[] image, int examples, int row, int line, int column, int end, float[] matrix, int at, float[] copy) {
        int inLine = inLine(row, line);
        if (inLine < 0) {
            return;
        }
        int shift = shift(row);
        int first = Math.max(column, Math.min(end, firstInside(shift)));
        int last = Math.max(first, Math.min(end, endInside(shift)));
        int stride = window.columnStride();
        int target = (inLine + first * stride + shift) * examples;
        int source = at + (first - column) * examples;
        if (stride == 1) {
            add(matrix, source, image, target, (last - first) * examples, copy);
            return;
        }
        for (int i = first; i < last; i++) {
            add(matrix, source, image, target, examples, copy);
            source += examples;
            target += stride * examples;
        }
    }

    /** The copy has the index of the image; see {@link FloatSums}. */
    private static void add(float[] matrix, int source, float[] image, int target, int count, float[] copy) {
        System.arraycopy(matrix, source, copy, target, count);
        for (int i = target; i < target + count; i++) {
            image[i] += copy[i];
        }
    }

    /** The offset of the image row under the window's row; negative outside the image. */
    private int inLine(int row, int line) {
        int channel = row / (window.height() * window.width());
        int y = line * window.rowStride() + row / window.width() % window.height() - window.top();
        return y < 0 || y >= in.height() ? -1 : (channel * in.height() + y) * in.width();
    }

    /** The image column under the window's column at output column 0. */
    private int shift(int row) {
        return row % window.width() - window.left();
    }

    /** The first output column whose place in the window is inside the image. */
    private int firstInside(int shift) {
        return shift >= 0 ? 0 : (window.columnStride() - 1 - shift) / window.columnStride();
    }

    /** The end of those columns. */
    private int endInside(int shift) {
        int inside = in.width() - 1 - shift;
        return inside < 0 ? 0 : inside / window.columnStride() + 1;
    }
}
