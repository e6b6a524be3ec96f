package io.lossledger.trainer.data;

import java.util.List;

/**
 * Draws coloured images of ten shapes: data in the style of CIFAR-10 for training without a download.
 *
 * <p>Images of 3 x 32 x 32 values in 10 classes: disc, triangle, square, star, cross, ring, bar, crescent, arrow,
 * heart. Only the shape decides the class. Colours, contrast, place, size, rotation and noise have the same
 * distribution for all classes.
 *
 * <p>Reproducibility: an image depends on the seed, on whether it is for training or validation, and on its index, so
 * requesting more images does not change the first ones. A seed gives the same bytes on every machine and Java release.
 *
 * <p>Every ten consecutive images, counted from the first, contain each shape once, in random order.
 *
 * <p>Cost: a fraction of a millisecond per image on the calling thread. Thread-safe: there is no shared state.
 */
public final class GeneratedShapes {

    private GeneratedShapes() {}

    /**
     * Draws shapes.
     *
     * @param trainSize number of images to train on, at least 1
     * @param validationSize number of images to validate with, at least 1
     * @throws IllegalArgumentException if a size is below 1 or its pixels do not fit into one array
     */
    public static ImageSplit generate(long seed, int trainSize, int validationSize) {
        GeneratedSequence.requireSize("GeneratedShapes.trainSize", trainSize, ShapePainter.PIXELS);
        GeneratedSequence.requireSize("GeneratedShapes.validationSize", validationSize, ShapePainter.PIXELS);
        return new ImageSplit(
                draw(new GeneratedSequence(seed, GeneratedSequence.TRAIN), trainSize),
                draw(new GeneratedSequence(seed, GeneratedSequence.VALIDATION), validationSize));
    }

    private static ImageSet draw(GeneratedSequence sequence, int size) {
        List<double[][]> outlines = ShapeOutlines.byClass();
        ShapePainter painter = new ShapePainter();
        byte[] pixels = new byte[size * ShapePainter.PIXELS];
        byte[] labels = sequence.labels(size);
        for (int i = 0; i < size; i++) {
            painter.paint(outlines.get(labels[i]), sequence.image(i), pixels, i * ShapePainter.PIXELS);
        }
        return ImageSet.owning(
                pixels, labels, ShapePainter.CHANNELS, ShapePainter.SIDE, ShapePainter.SIDE, GeneratedSequence.CLASSES);
    }
}
