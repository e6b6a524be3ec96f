package io.lossledger.analysis.report;

import io.lossledger.protocol.v1.ParameterRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What the rows of a run's parameters say: totals of each parameter, and a sample of the single allocations. Sixteen bytes for each
 * parameter. Rows of a chunk must come in step order. Not thread-safe.
 */
public final class ParameterDigest {
    private static final int SAMPLE = 200_000;

    private final String objective;
    private final TreeMap<Integer, Tensor> tensors = new TreeMap<>();
    private final double[] sample = new double[SAMPLE];
    private final Random random = new Random(1);
    private long nonzero;
    private long rows;

    /** @param objective rows of others, and of update parts, are passed over */
    public ParameterDigest(String objective) {
        this.objective = objective;
    }

    /** A parameter by its place. */
    public record Place(int tensor, int parameter) {}

    /** Totals of one parameter over the steps. */
    record Total(String name, Place place, double lca, int helped, int hurt) {}

    private static final class Tensor {
        private final String name;
        private double[] lca = {};
        private int[] helped = {};
        private int[] hurt = {};

        Tensor(String name) {
            this.name = name;
        }

        void makeRoom(int count) {
            if (count > lca.length) {
                lca = Arrays.copyOf(lca, count);
                helped = Arrays.copyOf(helped, count);
                hurt = Arrays.copyOf(hurt, count);
            }
        }
    }

    /** Adds a row. */
    public void add(ParameterRow row) {
        if (!row.getObjective().equals(objective) || !row.getPart().isEmpty()) {
            return;
        }
        rows++;
        Tensor tensor = tensors.computeIfAbsent(row.getTensor(), index -> new Tensor(row.getTensorName()));
        int offset = (int) row.getOffset();
        int count = row.getParameterLcaCount();
        tensor.makeRoom(offset + count);
        for (int i = 0; i < count; i++) {
            double lca = row.getParameterLca(i);
            tensor.lca[offset + i] += lca;
            if (lca < 0) {
                tensor.helped[offset + i]++;
            } else if (lca > 0) {
                tensor.hurt[offset + i]++;
            }
            if (lca != 0 && Double.isFinite(lca)) {
                keep(lca);
            }
        }
    }

    String objective() {
        return objective;
    }

    boolean isEmpty() {
        return rows == 0;
    }

    /** A sample of the allocations that are not 0, each as likely as any other. */
    double[] sample() {
        return Arrays.copyOf(sample, (int) Math.min(nonzero, SAMPLE));
    }

    /** Every parameter. */
    List<Total> totals() {
        List<Total> all = new ArrayList<>();
        tensors.forEach((index, tensor) -> IntStream.range(0, tensor.lca.length)
                .forEach(i -> all.add(new Total(
                        String.format(Locale.ROOT, "%s[%d]", tensor.name, i),
                        new Place(index, i),
                        tensor.lca[i],
                        tensor.helped[i],
                        tensor.hurt[i]))));
        return all;
    }

    /** Reservoir sampling (Vitter 1985, algorithm R). */
    private void keep(double lca) {
        if (nonzero < SAMPLE) {
            sample[(int) nonzero] = lca;
        } else {
            long place = (long) (random.nextDouble() * (nonzero + 1));
            if (place < SAMPLE) {
                sample[(int) place] = lca;
            }
        }
        nonzero++;
    }
}
