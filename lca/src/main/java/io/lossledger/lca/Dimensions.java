package io.lossledger.lca;

/** Checks that run once, before a kernel. Stateless. */
final class Dimensions {
    private Dimensions() {}

    static void requireCount(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count: must not be negative. Found: " + count);
        }
    }

    static void requireAtLeast(int minimum, int length, String name) {
        if (length < minimum) {
            throw new IllegalArgumentException(name + ".length: must be at least " + minimum + ". Found: " + length);
        }
    }

    static void requireSameLength(int expected, int length, String name) {
        if (length != expected) {
            throw new IllegalArgumentException(name + ".length: must be " + expected + ". Found: " + length);
        }
    }
}
