package io.lossledger.producer.blas;

import java.util.ArrayList;
import java.util.List;

/**
 * Examples cut into pieces, the size of tiles, each laid out with the example varying fastest.
 *
 * @param chunks pieces that are evaluated together
 */
record FloatData(int examples, int chunkExamples, List<List<Piece>> chunks) implements PackedData {

    /** Arrays are [channels, rows, columns, examples] and [outputs, examples]. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Piece(int examples, float[] features, float[] labels) {}

    static FloatData of(Rows features, Rows labels, int examples, int chunkExamples, int tileExamples) {
        List<List<Piece>> chunks = new ArrayList<>();
        for (int from = 0; from < examples; from += chunkExamples) {
            int end = Math.min(examples, from + chunkExamples);
            List<Piece> pieces = new ArrayList<>();
            for (int at = from; at < end; at += tileExamples) {
                int count = Math.min(tileExamples, end - at);
                pieces.add(new Piece(count, turned(features, at, count), turned(labels, at, count)));
            }
            chunks.add(List.copyOf(pieces));
        }
        return new FloatData(examples, chunkExamples, List.copyOf(chunks));
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
