package io.lossledger.trainer.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * Labelled images of one size.
 *
 * <p>Pixels are unsigned bytes {@code [n, channels, height, width]} in row-major order, labels unsigned bytes
 * {@code [n]} in {@code 0..classes-1}. There is at least one image. A slice shares the arrays of the set it was taken
 * from, so it costs nothing.
 *
 * <p>Immutable, so any number of threads may read it.
 */
public final class ImageSet {

    static final int MAX_CLASSES = 256;

    /** The number in 0..1 for each value of a pixel. */
    private static final float[] BRIGHTNESS = new float[256];

    static {
        for (int pixel = 0; pixel < BRIGHTNESS.length; pixel++) {
            BRIGHTNESS[pixel] = pixel / 255f;
        }
    }

    private final byte[] pixels;
    private final byte[] labels;
    private final int first;
    private final int size;
    private final int channels;
    private final int height;
    private final int width;
    private final int classes;

    private ImageSet(
            byte[] pixels, byte[] labels, int first, int size, int channels, int height, int width, int classes) {
        this.pixels = pixels;
        this.labels = labels;
        this.first = first;
        this.size = size;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classes = classes;
    }

    /**
     * Copies pixels and labels into a new set.
     *
     * @param pixels unsigned bytes {@code [n, channels, height, width]}
     * @param labels unsigned bytes {@code [n]}, each below {@code classes}
     * @param classes number of classes, 1..256
     * @throws IllegalArgumentException if there is no image, a dimension is below 1, {@code classes} is outside
     *     1..256, the two arrays disagree about the number of images, or a label is not below {@code classes}
     */
    public static ImageSet of(byte[] pixels, byte[] labels, int channels, int height, int width, int classes) {
        return owning(pixels.clone(), labels.clone(), channels, height, width, classes);
    }

    /** Like {@link #of}, but keeps the arrays, which the caller must no longer change. */
    static ImageSet owning(byte[] pixels, byte[] labels, int channels, int height, int width, int classes) {
        requireWithin("channels", channels, Integer.MAX_VALUE);
        requireWithin("height", height, Integer.MAX_VALUE);
        requireWithin("width", width, Integer.MAX_VALUE);
        requireWithin("classes", classes, MAX_CLASSES);
        requireSizes(pixels, labels, channels, height, width);
        requireLabels(labels, classes);
        return new ImageSet(pixels, labels, 0, labels.length, channels, height, width, classes);
    }

    /** The number of images, at least 1. */
    public int size() {
        return size;
    }

    /** The number of values per pixel: 1 for grey images. */
    public int channels() {
        return channels;
    }

    /** The number of rows of an image. */
    public int height() {
        return height;
    }

    /** The number of columns of an image. */
    public int width() {
        return width;
    }

    /** The number of classes; labels are below it. */
    public int classes() {
        return classes;
    }

    /** The number of values of one image: {@code channels * height * width}. */
    public int pixelsPerImage() {
        return channels * height * width;
    }

    /**
     * The class of an image, in {@code 0..classes-1}.
     *
     * @throws IndexOutOfBoundsException if {@code index} is not in {@code 0..size-1}
     */
    public int label(int index) {
        return Byte.toUnsignedInt(labels[first + Objects.checkIndex(index, size)]);
    }

    /**
     * Writes the pixels of an image, scaled to 0..1, to {@code target[offset]} and the {@link #pixelsPerImage()} places
     * from there, in the order channel, row, column.
     *
     * @throws IndexOutOfBoundsException if {@code index} is not in {@code 0..size-1}, or the image does not fit into
     *     {@code target} at {@code offset}
     */
    public void copyPixels(int index, float[] target, int offset) {
        int count = pixelsPerImage();
        int start = (first + Objects.checkIndex(index, size)) * count;
        Objects.checkFromIndexSize(offset, count, target.length);
        for (int i = 0; i < count; i++) {
            target[offset + i] = BRIGHTNESS[pixels[start + i] & 0xff];
        }
    }

    /**
     * The images from {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @throws IllegalArgumentException unless {@code 0 <= from < to <= size}
     */
    public ImageSet slice(int from, int to) {
        if (from < 0 || to <= from || to > size) {
            throw new IllegalArgumentException("ImageSet.slice: must be a range of at least one image within 0.." + size
                    + ". Found: " + from + ".." + to);
        }
        return new ImageSet(pixels, labels, first + from, to - from, channels, height, width, classes);
    }

    /**
     * The first {@code count} images.
     *
     * @throws IllegalArgumentException unless {@code count} is in {@code 1..size}
     */
    public ImageSet first(int count) {
        if (count < 1 || count > size) {
            throw new IllegalArgumentException("ImageSet.first: must be within 1.." + size + ". Found: " + count);
        }
        return slice(0, count);
    }

    /**
     * Splits off the last images for validation: one {@code part}-th of them, at least one.
     *
     * @throws IllegalArgumentException if there are fewer than two images, or {@code part} is below 2
     */
    public ImageSplit holdOutLast(int part) {
        if (part < 2) {
            throw new IllegalArgumentException("ImageSet.holdOutLast: must be at least 2. Found: " + part);
        }
        int kept = size - Math.max(1, size / part);
        return new ImageSplit(slice(0, kept), slice(kept, size));
    }

    /** Adds everything that distinguishes this set from others to a digest: its shape, labels and pixels, in order. */
    public void addTo(MessageDigest digest) {
        digest.update((this + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(labels, first, size);
        digest.update(pixels, first * pixelsPerImage(), size * pixelsPerImage());
    }

    /** A text for what two sets must share to fit the same model. */
    String shape() {
        return channels + "x" + height + "x" + width + " in " + classes + " classes";
    }

    @Override
    public String toString() {
        return size + " images of " + shape();
    }

    private static void requireWithin(String name, int value, int max) {
        if (value < 1 || value > max) {
            String rule = max == Integer.MAX_VALUE ? "must be at least 1" : "must be within 1.." + max;
            throw new IllegalArgumentException("ImageSet." + name + ": " + rule + ". Found: " + value);
        }
    }

    private static void requireSizes(byte[] pixels, byte[] labels, int channels, int height, int width) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("ImageSet.labels: must hold at least one label. Found: 0");
        }
        long rows = (long) channels * height;
        boolean fits = rows <= Integer.MAX_VALUE && pixels.length == saturatedProduct(rows * width, labels.length);
        if (!fits) {
            throw new IllegalArgumentException("ImageSet.pixels: must hold " + labels.length + " x " + channels + " x "
                    + height + " x " + width + " values. Found: " + pixels.length);
        }
    }

    private static long saturatedProduct(long a, int b) {
        return a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
    }

    private static void requireLabels(byte[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            int label = Byte.toUnsignedInt(labels[i]);
            if (label >= classes) {
                throw new IllegalArgumentException(
                        "ImageSet.labels: must be within 0.." + (classes - 1) + ". Found: " + label + " at index " + i);
            }
        }
    }
}
