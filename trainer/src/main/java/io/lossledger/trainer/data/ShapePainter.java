package io.lossledger.trainer.data;

import java.util.SplittableRandom;

/**
 * Paints a shape in one colour on a background of another, rotated, stretched, larger or smaller, anywhere in the
 * picture. The background has a gradient from light to dark, and everything is noisy.
 *
 * <p>Uses {@link StrictMath} and {@link SplittableRandom#nextDouble()} only, whose results are specified to the bit.
 * Not thread-safe.
 */
final class ShapePainter {

    static final int SIDE = 32;
    static final int CHANNELS = 3;
    static final int PIXELS = CHANNELS * SIDE * SIDE;

    private static final double MIN_RADIUS = 8.5;
    private static final double MAX_RADIUS = 13.5;
    private static final double MAX_STRETCH = 1.15;
    private static final double MARGIN = 1;
    private static final double MIN_CONTRAST = 1;
    private static final double MAX_RAMP = 0.2;
    private static final double MAX_NOISE = 0.15;
    private static final double SOFTNESS = 1.2;

    private final InkGrid grid = new InkGrid(SIDE);
    private final double[] ground = new double[CHANNELS];
    private final double[] colour = new double[CHANNELS];

    /** Writes one image of {@link #PIXELS} bytes, channel by channel, to {@code target[offset]}. */
    void paint(double[][] outline, SplittableRandom random, byte[] target, int offset) {
        place(outline, random);
        chooseColours(random);
        double ramp = GeneratedSequence.between(random, 0, MAX_RAMP);
        double direction = GeneratedSequence.between(random, 0, 2 * Math.PI);
        double rampX = ramp * StrictMath.cos(direction) / SIDE;
        double rampY = ramp * StrictMath.sin(direction) / SIDE;
        double noise = GeneratedSequence.between(random, 0, MAX_NOISE);
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                double light = rampX * (pixel % SIDE - SIDE / 2) + rampY * (pixel / SIDE - SIDE / 2);
                double ink = grid.filledInk(pixel, 0, SOFTNESS);
                double value = ground[channel]
                        + light
                        + ink * (colour[channel] - ground[channel])
                        + GeneratedSequence.between(random, -noise, noise);
                target[offset++] = (byte) (int) (255 * Math.max(0, Math.min(1, value)) + 0.5);
            }
        }
    }

    /** Stretches, rotates, scales and shifts so that the whole shape is within the picture. */
    private void place(double[][] outline, SplittableRandom random) {
        double radius = GeneratedSequence.between(random, MIN_RADIUS, MAX_RADIUS);
        double narrow = 1 / GeneratedSequence.between(random, 1, MAX_STRETCH);
        double angle = GeneratedSequence.between(random, 0, 2 * Math.PI);
        double room = SIDE / 2.0 - MARGIN - radius;
        double centreX = SIDE / 2.0 + GeneratedSequence.between(random, -room, room);
        double centreY = SIDE / 2.0 + GeneratedSequence.between(random, -room, room);
        double cosine = StrictMath.cos(angle);
        double sine = StrictMath.sin(angle);
        grid.clear();
        for (double[] contour : outline) {
            double[] placed = new double[contour.length];
            for (int i = 0; i < contour.length; i += 2) {
                double x = radius * contour[i];
                double y = radius * narrow * contour[i + 1];
                placed[i] = centreX + cosine * x - sine * y;
                placed[i + 1] = centreY + sine * x + cosine * y;
            }
            grid.addLines(placed);
        }
    }

    /** Two clearly different colours; chance decides which is brighter. */
    private void chooseColours(SplittableRandom random) {
        double contrast;
        do {
            contrast = 0;
            for (int channel = 0; channel < CHANNELS; channel++) {
                ground[channel] = random.nextDouble();
                colour[channel] = random.nextDouble();
                contrast += Math.abs(ground[channel] - colour[channel]);
            }
        } while (contrast < MIN_CONTRAST);
    }
}
