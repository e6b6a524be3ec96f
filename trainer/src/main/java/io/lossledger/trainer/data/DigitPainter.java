package io.lossledger.trainer.data;

import java.util.SplittableRandom;

/**
 * Paints a glyph as an unsteady hand would: bent, rotated, slanted, stretched, off centre, with a thick or thin pen,
 * and scanned with some noise. Background 0, ink bright; the digit is about 20 of the 28 pixels high.
 *
 * <p>Uses {@link StrictMath} and {@link SplittableRandom#nextDouble()} only, whose results are specified to the bit.
 * Not thread-safe.
 */
final class DigitPainter {

    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;

    private static final double MAX_BEND = 0.06;
    private static final double MAX_ROTATION = 0.25;
    private static final double MAX_SHEAR = 0.35;
    private static final double MIN_HEIGHT = 14;
    private static final double MAX_HEIGHT = 21;
    private static final double MIN_STRETCH = 0.75;
    private static final double MAX_STRETCH = 1.2;
    private static final double MAX_SHIFT = 1.75;
    private static final double MIN_PEN_RADIUS = 0.8;
    private static final double MAX_PEN_RADIUS = 2.1;
    private static final double MIN_GROWTH = 0.1;
    private static final double MAX_GROWTH = 0.9;
    private static final double MIN_SOFTNESS = 1.0;
    private static final double MAX_SOFTNESS = 1.6;
    private static final double MIN_BRIGHTNESS = 0.75;
    private static final double MAX_NOISE = 0.35;

    private final InkGrid grid = new InkGrid(SIDE);

    /** Writes one image of {@link #PIXELS} bytes to {@code target[offset]}. */
    void paint(Glyph glyph, SplittableRandom random, byte[] target, int offset) {
        double[][] contours = glyph.copyContours();
        bend(contours, random);
        place(contours, random);
        grid.clear();
        for (double[] contour : contours) {
            grid.addLines(contour);
        }
        double softness = between(random, MIN_SOFTNESS, MAX_SOFTNESS);
        double radius = between(random, MIN_PEN_RADIUS, MAX_PEN_RADIUS);
        double growth = between(random, MIN_GROWTH, MAX_GROWTH);
        double brightness = between(random, MIN_BRIGHTNESS, 1);
        double noise = between(random, 0, MAX_NOISE);
        for (int i = 0; i < PIXELS; i++) {
            double ink = glyph.filled() ? grid.filledInk(i, growth, softness) : grid.penInk(i, radius, softness);
            double value = brightness * ink + noise * speck(random);
            target[offset + i] = (byte) (int) (255 * Math.max(0, Math.min(1, value)) + 0.5);
        }
    }

    /** Adds a slow wave to each axis, along the other. */
    private static void bend(double[][] contours, SplittableRandom random) {
        double bendX = between(random, -MAX_BEND, MAX_BEND);
        double bendY = between(random, -MAX_BEND, MAX_BEND);
        double frequencyX = between(random, 2, 6);
        double frequencyY = between(random, 2, 6);
        double phaseX = between(random, 0, 2 * Math.PI);
        double phaseY = between(random, 0, 2 * Math.PI);
        for (double[] contour : contours) {
            for (int i = 0; i < contour.length; i += 2) {
                double x = contour[i];
                double y = contour[i + 1];
                contour[i] = x + bendX * StrictMath.sin(frequencyX * y + phaseX);
                contour[i + 1] = y + bendY * StrictMath.sin(frequencyY * x + phaseY);
            }
        }
    }

    /** Stretches, slants, rotates and shifts, from the unit box to pixels. */
    private static void place(double[][] contours, SplittableRandom random) {
        double height = between(random, MIN_HEIGHT, MAX_HEIGHT);
        double width = height * between(random, MIN_STRETCH, MAX_STRETCH);
        double shear = between(random, -MAX_SHEAR, MAX_SHEAR);
        double angle = between(random, -MAX_ROTATION, MAX_ROTATION);
        double shiftX = SIDE / 2.0 + between(random, -MAX_SHIFT, MAX_SHIFT);
        double shiftY = SIDE / 2.0 + between(random, -MAX_SHIFT, MAX_SHIFT);
        double cosine = StrictMath.cos(angle);
        double sine = StrictMath.sin(angle);
        for (double[] contour : contours) {
            for (int i = 0; i < contour.length; i += 2) {
                double x = width * contour[i] - shear * height * contour[i + 1];
                double y = height * contour[i + 1];
                contour[i] = cosine * x - sine * y + shiftX;
                contour[i + 1] = sine * x + cosine * y + shiftY;
            }
        }
    }

    /** Noise in -1..1 that is 0 three times in four, so that most of the background stays 0. */
    private static double speck(SplittableRandom random) {
        double up = random.nextDouble();
        double down = random.nextDouble();
        double triangular = up - down;
        double beyond = Math.abs(triangular) - 0.5;
        return beyond <= 0 ? 0 : Math.copySign(2 * beyond, triangular);
    }

    private static double between(SplittableRandom random, double from, double to) {
        return from + (to - from) * random.nextDouble();
    }
}
