package io.lossledger.producer.blas.kernel;

/** Comparisons without branches, which a processor cannot predict for the numbers of a network. Stateless. */
public final class Signs {
    private Signs() {}

    /** 1 for a number below 0, otherwise 0. */
    public static int negative(float number) {
        return Float.floatToRawIntBits(number) >>> 31;
    }

    /** 1 for a number below 0, otherwise 0. */
    public static int negative(double number) {
        return (int) (Double.doubleToRawLongBits(number) >>> 63);
    }

    /** {@code then} if the condition is 1, {@code otherwise} if it is 0. */
    public static int choose(int condition, int then, int otherwise) {
        return otherwise ^ ((otherwise ^ then) & -condition);
    }
}
