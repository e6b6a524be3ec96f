package io.lossledger.producer.blas.kernel;

/**
 * Products of small matrices with long rows, which are interleaved in groups of four. All arrays share one index, with
 * offsets known to the compiler, so it uses vector instructions. Stateless.
 */
public final class FloatFourRows {
    /** The length of a row. */
    public static final int COLUMNS = 512;
    /** The number of interleaved rows. */
    public static final int ROWS = 4;

    private static final int SECOND = COLUMNS;
    private static final int THIRD = 2 * COLUMNS;
    private static final int FOURTH = 3 * COLUMNS;

    private FloatFourRows() {}

    /** Adds to four rows the products of four others with a matrix of four rows and columns, which begins at {@code at}. */
    public static void addProduct(float[] sums, float[] rows, float[] matrix, int at) {
        float a0 = matrix[at];
        float a1 = matrix[at + 1];
        float a2 = matrix[at + 2];
        float a3 = matrix[at + 3];
        float b0 = matrix[at + 4];
        float b1 = matrix[at + 5];
        float b2 = matrix[at + 6];
        float b3 = matrix[at + 7];
        float c0 = matrix[at + 8];
        float c1 = matrix[at + 9];
        float c2 = matrix[at + 10];
        float c3 = matrix[at + 11];
        float d0 = matrix[at + 12];
        float d1 = matrix[at + 13];
        float d2 = matrix[at + 14];
        float d3 = matrix[at + 15];
        for (int i = 0; i < COLUMNS; i++) {
            sums[i] = Math.fma(
                    a3,
                    rows[i + FOURTH],
                    Math.fma(a2, rows[i + THIRD], Math.fma(a1, rows[i + SECOND], Math.fma(a0, rows[i], sums[i]))));
            sums[i + SECOND] = Math.fma(
                    b3,
                    rows[i + FOURTH],
                    Math.fma(
                            b2,
                            rows[i + THIRD],
                            Math.fma(b1, rows[i + SECOND], Math.fma(b0, rows[i], sums[i + SECOND]))));
            sums[i + THIRD] = Math.fma(
                    c3,
                    rows[i + FOURTH],
                    Math.fma(
                            c2,
                            rows[i + THIRD],
                            Math.fma(c1, rows[i + SECOND], Math.fma(c0, rows[i], sums[i + THIRD]))));
            sums[i + FOURTH] = Math.fma(
                    d3,
                    rows[i + FOURTH],
                    Math.fma(
                            d2,
                            rows[i + THIRD],
                            Math.fma(d1, rows[i + SECOND], Math.fma(d0, rows[i], sums[i + FOURTH]))));
        }
    }
}
