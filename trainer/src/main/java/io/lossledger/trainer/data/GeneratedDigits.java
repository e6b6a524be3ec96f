package io.lossledger.trainer.data;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws images of the ten digits: data to train on without a download.
 *
 * <p>Grey images of 28 x 28 pixels in 10 classes, in the manner of MNIST: background 0, ink bright, roughly centred.
 * Half of them are written with a pen along built-in strokes, half are printed with the fonts of the machine; without
 * usable fonts all are written. Each is bent, rotated, slanted, scaled and shifted at random, with a random pen and
 * some noise.
 *
 * <p>Reproducibility: an image depends on the seed, on whether it is for training or validation, and on its index, so
 * requesting more images does not change the first ones. {@link #generatePortable} gives the same bytes for a seed on
 * every machine and Java release. {@link #generate} gives the same bytes on one machine as long as its Java, its fonts
 * and {@code java.awt.headless} do not change; across machines only the labels are the same, because fonts differ.
 *
 * <p>Every ten consecutive images, counted from the first, hold each digit once, in random order.
 *
 * <p>Cost: a fraction of a millisecond per image on the calling thread, plus one search through the fonts. Needs no
 * display and changes no setting of AWT. Thread-safe: the only shared state is the glyphs, loaded once.
 */
public final class GeneratedDigits {

    private final long seed;
    private final List<List<Glyph>> written = PenStrokes.glyphs();
    private final List<List<Glyph>> printed;
    private final DigitPainter painter = new DigitPainter();

    private GeneratedDigits(long seed, List<List<Glyph>> printed) {
        this.seed = seed;
        this.printed = printed;
    }

    /**
     * Draws written and, if this machine has fonts, printed digits.
     *
     * @param trainSize number of images to train on, at least 1
     * @param validationSize number of images to validate with, at least 1
     * @throws IllegalArgumentException if a size is below 1 or its pixels do not fit into one array
     */
    public static ImageSplit generate(long seed, int trainSize, int validationSize) {
        return generate(seed, trainSize, validationSize, PrintedGlyphs.ofThisMachine());
    }

    /**
     * Draws written digits only: the same bytes for the same seed on every machine.
     *
     * @param trainSize number of images to train on, at least 1
     * @param validationSize number of images to validate with, at least 1
     * @throws IllegalArgumentException if a size is below 1 or its pixels do not fit into one array
     */
    public static ImageSplit generatePortable(long seed, int trainSize, int validationSize) {
        return generate(seed, trainSize, validationSize, List.of());
    }

    static ImageSplit generate(long seed, int trainSize, int validationSize, List<List<Glyph>> printed) {
        GeneratedSequence.requireSize("GeneratedDigits.trainSize", trainSize, DigitPainter.PIXELS);
        GeneratedSequence.requireSize("GeneratedDigits.validationSize", validationSize, DigitPainter.PIXELS);
        GeneratedDigits digits = new GeneratedDigits(seed, printed);
        return new ImageSplit(
                digits.draw(GeneratedSequence.TRAIN, trainSize),
                digits.draw(GeneratedSequence.VALIDATION, validationSize));
    }

    private ImageSet draw(long stream, int size) {
        GeneratedSequence sequence = new GeneratedSequence(seed, stream);
        byte[] pixels = new byte[size * DigitPainter.PIXELS];
        byte[] labels = sequence.labels(size);
        for (int i = 0; i < size; i++) {
            SplittableRandom random = sequence.image(i);
            painter.paint(pick(labels[i], random), random, pixels, i * DigitPainter.PIXELS);
        }
        return ImageSet.owning(pixels, labels, 1, DigitPainter.SIDE, DigitPainter.SIDE, GeneratedSequence.CLASSES);
    }

    private Glyph pick(int digit, SplittableRandom random) {
        boolean print = random.nextDouble() < 0.5 && !printed.isEmpty();
        if (print) {
            return printed.get(GeneratedSequence.below(random, printed.size())).get(digit);
        }
        List<Glyph> ways = written.get(digit);
        return ways.get(GeneratedSequence.below(random, ways.size()));
    }
}
