package io.lossledger.trainer.data;

import java.util.Arrays;
import java.util.List;

/**
 * The shape of one digit: polylines of alternating x and y, y downwards. The box around them has its centre at the
 * origin and a height of 1.
 *
 * <p>A filled glyph is the inside of closed contours, as in a font; any other is what a pen draws along open strokes.
 */
final class Glyph {

    private final double[][] contours;
    private final boolean filled;

    private Glyph(double[][] contours, boolean filled) {
        this.contours = contours;
        this.filled = filled;
    }

    /**
     * A glyph moved and scaled into its box.
     *
     * @throws IllegalArgumentException if the contours have no height
     */
    static Glyph normalised(List<double[]> contours, boolean filled) {
        double minX = Double.POSITIVE_INFINITY;
        double maxX = Double.NEGATIVE_INFINITY;
        double minY = Double.POSITIVE_INFINITY;
        double maxY = Double.NEGATIVE_INFINITY;
        for (double[] contour : contours) {
            for (int i = 0; i < contour.length; i += 2) {
                minX = Math.min(minX, contour[i]);
                maxX = Math.max(maxX, contour[i]);
                minY = Math.min(minY, contour[i + 1]);
                maxY = Math.max(maxY, contour[i + 1]);
            }
        }
        double height = maxY - minY;
        if (!(height > 0)) {
            throw new IllegalArgumentException("Glyph.contours: must have a height above 0. Found: " + height);
        }
        double centreX = (minX + maxX) / 2;
        double centreY = (minY + maxY) / 2;
        double[][] scaled = new double[contours.size()][];
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] = contours.get(c).clone();
            for (int i = 0; i < scaled[c].length; i += 2) {
                scaled[c][i] = (scaled[c][i] - centreX) / height;
                scaled[c][i + 1] = (scaled[c][i + 1] - centreY) / height;
            }
        }
        return new Glyph(scaled, filled);
    }

    int contourCount() {
        return contours.length;
    }

    boolean filled() {
        return filled;
    }

    /** A copy that the caller may distort. */
    double[][] copyContours() {
        double[][] copy = new double[contours.length][];
        for (int c = 0; c < copy.length; c++) {
            copy[c] = contours[c].clone();
        }
        return copy;
    }

    boolean sameShape(Glyph other) {
        return filled == other.filled && Arrays.deepEquals(contours, other.contours);
    }
}
