package io.lossledger.producer.blas;

/** Comparisons without branches, which a processor cannot predict for the numbers of a network. Stateless. */
final class Signs {
    private Signs() {}

    /** 1 for a number below 0, otherwise 0. */
    static int negative(float number) {
        return Float.floatToRawIntBits(number) >>> 31;
    }

    /** 1 for a number below 0, otherwise 0. */
    static int negative(double number) {
        return (int) (Double.doubleToRawLongBits(number) >>> 63);
    }

    /** {@code then} if the condition is 1, {@code otherwise} if it is 0. */
    static int choose(int condition, int then, int otherwise) {
        return otherwise ^ ((otherwise ^ then) & -condition);
    }
}
