package io.lossledger.producer.blas;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Examples cut into pieces, the size of tiles, each laid out with the example varying fastest.
 *
 * @param chunks pieces that are evaluated together
 */
record FloatData(int examples, int chunkExamples, List<List<Piece>> chunks) implements PackedData {

    /**
     * Arrays are [channels, rows, columns, examples] and [outputs, examples].
     *
     * @param features empty when they are in {@code matrix}, outside of the heap
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Piece(int examples, float[] features, @Nullable FloatMemory matrix, float[] labels) {}

    /**
     * Copies the examples.
     *
     * @param asMatrix whether features are read by products alone
     */
    static FloatData of(
            Rows features, Rows labels, int examples, int chunkExamples, int tileExamples, boolean asMatrix) {
        List<List<Piece>> chunks = new ArrayList<>();
        for (int from = 0; from < examples; from += chunkExamples) {
            int end = Math.min(examples, from + chunkExamples);
            List<Piece> pieces = new ArrayList<>();
            for (int at = from; at < end; at += tileExamples) {
                int count = Math.min(tileExamples, end - at);
                float[] turned = turned(features, at, count);
                pieces.add(new Piece(
                        count,
                        asMatrix ? new float[0] : turned,
                        asMatrix ? FloatMemory.of(turned) : null,
                        turned(labels, at, count)));
            }
            chunks.add(List.copyOf(pieces));
        }
        return new FloatData(examples, chunkExamples, List.copyOf(chunks));
    }

    @Override
    public void close() {
        for (List<Piece> chunk : chunks) {
            for (Piece piece : chunk) {
                if (piece.matrix() != null) {
                    piece.matrix().close();
                }
            }
        }
    }

    private static float[] turned(Rows rows, int from, int count) {
        int width = rows.width();
        float[] table = new float[count * width];
        rows.read(from, count, table);
        float[] turned = new float[table.length];
        for (int example = 0; example < count; example++) {
            for (int i = 0; i < width; i++) {
                turned[i * count + example] = table[example * width + i];
            }
        }
        return turned;
    }
}
