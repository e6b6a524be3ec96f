package io.lossledger.streams.allocate;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.VectorBytes;
import java.util.ArrayList;
import java.util.List;

/** Decodes vectors into memory that is reused for the next chunk. Not thread-safe. */
final class ScratchVectors {
    private final List<float[]> floats = new ArrayList<>();
    private final List<double[]> doubles = new ArrayList<>();

    /** Slot 0 holds the delta. */
    float[] float32(int slot, ByteString bytes, int count) {
        while (floats.size() <= slot) {
            floats.add(new float[0]);
        }
        if (floats.get(slot).length < count) {
            floats.set(slot, new float[count]);
        }
        VectorBytes.decode(bytes, floats.get(slot), count);
        return floats.get(slot);
    }

    double[] float64(int slot, ByteString bytes, int count) {
        while (doubles.size() <= slot) {
            doubles.add(new double[0]);
        }
        if (doubles.get(slot).length < count) {
            doubles.set(slot, new double[count]);
        }
        VectorBytes.decode(bytes, doubles.get(slot), count);
        return doubles.get(slot);
    }

    /** One vector for each node; null for a missing node. */
    float[][] float32(List<ByteString> nodes, int count) {
        float[][] vectors = new float[nodes.size()][];
        for (int i = 0; i < vectors.length; i++) {
            if (!nodes.get(i).isEmpty()) {
                vectors[i] = float32(i + 1, nodes.get(i), count);
            }
        }
        return vectors;
    }

    double[][] float64(List<ByteString> nodes, int count) {
        double[][] vectors = new double[nodes.size()][];
        for (int i = 0; i < vectors.length; i++) {
            if (!nodes.get(i).isEmpty()) {
                vectors[i] = float64(i + 1, nodes.get(i), count);
            }
        }
        return vectors;
    }
}
