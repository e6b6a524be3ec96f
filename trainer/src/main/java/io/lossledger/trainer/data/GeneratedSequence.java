package io.lossledger.trainer.data;

import java.util.SplittableRandom;

/**
 * The random numbers behind generated images: those of an image depend only on the seed, the split and its index.
 *
 * <p>Uses {@link SplittableRandom#nextDouble()} only, whose results are specified to the bit. Immutable.
 *
 * @param seed seed of the data set
 * @param stream which split
 */
record GeneratedSequence(long seed, long stream) {

    static final int CLASSES = 10;
    static final long TRAIN = 1;
    static final long VALIDATION = 2;

    private static final long LABELS = 16;

    /** The first labels. Every ten of them, counted from the first, contain each class once, in random order. */
    byte[] labels(int size) {
        byte[] labels = new byte[size];
        byte[] block = new byte[CLASSES];
        for (int i = 0; i < size; i++) {
            if (i % CLASSES == 0) {
                shuffle(block, randomFor(stream + LABELS, i / CLASSES));
            }
            labels[i] = block[i % CLASSES];
        }
        return labels;
    }

    /** The random numbers for drawing an image. */
    SplittableRandom image(int index) {
        return randomFor(stream, index);
    }

    /** A number from 0 to {@code bound}, exclusive. */
    static int below(SplittableRandom random, int bound) {
        // nextInt(bound) may draw differently in another Java release; nextDouble() may not
        return (int) (random.nextDouble() * bound);
    }

    static double between(SplittableRandom random, double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    /** @throws IllegalArgumentException if the size is below 1 or the images do not fit into one array */
    static void requireSize(String name, int size, int pixelsPerImage) {
        int max = Integer.MAX_VALUE / pixelsPerImage;
        if (size < 1 || size > max) {
            throw new IllegalArgumentException(name + ": must be within 1.." + max + ". Found: " + size);
        }
    }

    private static void shuffle(byte[] block, SplittableRandom random) {
        for (int i = 0; i < block.length; i++) {
            int other = below(random, i + 1);
            block[i] = block[other];
            block[other] = (byte) i;
        }
    }

    private SplittableRandom randomFor(long which, int index) {
        return new SplittableRandom(mix(mix(mix(seed) + which) + index));
    }

    /** Spreads nearby numbers over all 64 bits (Stafford's variant 13, a bijection). */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
