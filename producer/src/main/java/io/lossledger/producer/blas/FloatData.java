package io.lossledger.producer.blas;

import io.lossledger.producer.blas.kernel.FloatMemory;
import io.lossledger.producer.blas.kernel.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Examples cut into pieces the size of tiles, each laid out with the example varying fastest. */
final class FloatData implements PreparedData {
    /** A cache line of the result. */
    private static final int TURNED_TOGETHER = 64 / Float.BYTES;

    private final int examples;
    private final int chunkExamples;
    private final int lanes;
    private final List<List<Piece>> chunks = new ArrayList<>();
    private boolean closed;

    /**
     * Arrays are [channels, rows, columns, examples] and [outputs, examples].
     *
     * @param features empty when they are in {@code matrix}, off the heap
     * @param weight of the loss of each example in the gradient
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Piece(int examples, float[] features, @Nullable FloatMemory matrix, float[] labels, double weight) {}

    /**
     * Copies the examples.
     *
     * @param chunkExamples the requested chunk size
     * @param together examples whose pieces are evaluated together
     * @param lanes the largest number of lanes that share the pieces
     * @param asMatrix whether only matrix products read the features
     */
    FloatData(
            Rows features,
            Rows labels,
            int examples,
            int chunkExamples,
            int together,
            int tileExamples,
            int lanes,
            boolean asMatrix) {
        this.examples = examples;
        this.chunkExamples = chunkExamples;
        this.lanes = lanes;
        try {
            for (int from = 0; from < examples; from += together) {
                int end = Math.min(examples, from + together);
                List<Piece> pieces = new ArrayList<>();
                chunks.add(pieces);
                for (int at = from; at < end; at += tileExamples) {
                    int count = Math.min(tileExamples, end - at);
                    float[] turned = turned(features, at, count);
                    pieces.add(new Piece(
                            count,
                            asMatrix ? new float[0] : turned,
                            asMatrix ? FloatMemory.of(turned) : null,
                            turned(labels, at, count),
                            lanes == 1 ? 1.0 / examples : 1));
                }
            }
        } catch (RuntimeException | Error e) { // running out of native memory is an Error
            close();
            throw e;
        }
    }

    @Override
    public int examples() {
        return examples;
    }

    @Override
    public int chunkExamples() {
        return chunkExamples;
    }

    int lanes() {
        return lanes;
    }

    /** Whether one thread evaluates them, and finds the gradient of the mean loss; else it is that of the sum. */
    boolean hasOneLane() {
        return lanes == 1;
    }

    /** The pieces that are evaluated together. */
    List<List<Piece>> chunks() {
        if (closed) {
            throw new IllegalStateException("The data are closed");
        }
        return chunks;
    }

    @Override
    public void close() {
        closed = true;
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
        for (int example = 0; example < count; example += TURNED_TOGETHER) {
            turn(table, width, turned, count, example, Math.min(count, example + TURNED_TOGETHER));
        }
        return turned;
    }

    private static void turn(float[] table, int width, float[] turned, int count, int from, int to) {
        for (int i = 0; i < width; i++) {
            for (int example = from; example < to; example++) {
                turned[i * count + example] = table[example * width + i];
            }
        }
    }
}
