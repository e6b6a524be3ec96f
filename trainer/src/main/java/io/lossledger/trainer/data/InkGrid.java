package io.lossledger.trainer.data;

import java.util.Arrays;

/**
 * How much ink is on each pixel of a square grid, from the distance of the pixel's centre to the drawn lines.
 *
 * <p>Plain arithmetic and square roots only, so the same lines give the same bits on every machine. Cost: the number of
 * lines times the pixels within reach. Not thread-safe: reused from image to image.
 */
final class InkGrid {

    /** A line does not affect pixels farther away than this: bounds pen radius plus softness. */
    static final double REACH = 4;

    private final int side;
    private final double[] squaredDistance;
    private final int[] winding;

    InkGrid(int side) {
        this.side = side;
        this.squaredDistance = new double[side * side];
        this.winding = new int[side * side];
    }

    /** Clears all lines. */
    void clear() {
        Arrays.fill(squaredDistance, REACH * REACH);
        Arrays.fill(winding, 0);
    }

    /** Draws lines between consecutive points, x and y alternating, in pixels. */
    void addLines(double[] points) {
        for (int i = 0; i + 3 < points.length; i += 2) {
            addDistances(points[i], points[i + 1], points[i + 2], points[i + 3]);
            addWinding(points[i], points[i + 1], points[i + 2], points[i + 3]);
        }
    }

    /** The ink, in 0..1, of a pen with this radius, fading over {@code softness} pixels. */
    double penInk(int pixel, double radius, double softness) {
        return fade(radius - Math.sqrt(squaredDistance[pixel]), softness);
    }

    /**
     * The ink, in 0..1, of the inside of closed lines, grown by {@code growth} pixels, fading over {@code softness}.
     */
    double filledInk(int pixel, double growth, double softness) {
        double distance = Math.sqrt(squaredDistance[pixel]);
        return fade((winding[pixel] != 0 ? distance : -distance) + growth, softness);
    }

    private static double fade(double depth, double softness) {
        return Math.max(0, Math.min(1, 0.5 + depth / softness));
    }

    private void addDistances(double x0, double y0, double x1, double y1) {
        double dx = x1 - x0;
        double dy = y1 - y0;
        double squaredLength = dx * dx + dy * dy;
        int lastRow = lastPixel(Math.max(y0, y1));
        int lastColumn = lastPixel(Math.max(x0, x1));
        for (int row = firstPixel(Math.min(y0, y1)); row <= lastRow; row++) {
            for (int column = firstPixel(Math.min(x0, x1)); column <= lastColumn; column++) {
                double px = column + 0.5 - x0;
                double py = row + 0.5 - y0;
                double along = squaredLength == 0 ? 0 : (px * dx + py * dy) / squaredLength;
                double t = Math.max(0, Math.min(1, along));
                double ex = px - t * dx;
                double ey = py - t * dy;
                int pixel = row * side + column;
                squaredDistance[pixel] = Math.min(squaredDistance[pixel], ex * ex + ey * ey);
            }
        }
    }

    private int firstPixel(double min) {
        return Math.max(0, (int) Math.floor(min - REACH));
    }

    private int lastPixel(double max) {
        return Math.min(side - 1, (int) Math.floor(max + REACH));
    }

    /** Counts the line for each pixel to the right of it: the sum is not 0 inside closed lines. */
    private void addWinding(double x0, double y0, double x1, double y1) {
        int direction = y0 < y1 ? 1 : -1;
        for (int row = firstPixel(Math.min(y0, y1)); row <= lastPixel(Math.max(y0, y1)); row++) {
            double y = row + 0.5;
            if (y0 <= y == y1 <= y) {
                continue;
            }
            double crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0);
            for (int column = side - 1; column >= 0 && column + 0.5 > crossing; column--) {
                winding[row * side + column] += direction;
            }
        }
    }
}
