package io.lossledger.analysis.report;

import io.lossledger.protocol.v1.ParameterRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A summary of the rows of a run's parameters: totals of each parameter, and a sample of the single allocations. Uses
 * up to 24 bytes for each parameter, and as much again while it grows. Tensors have at most 2^31 parameters. Rows of a
 * chunk must come in step order. Not thread-safe.
 */
public final class ParameterDigest {
    private static final int SAMPLE = 200_000;

    private final String objective;
    private final String stratum;
    private final TreeMap<Integer, Tensor> tensors = new TreeMap<>();
    private final double[] sample = new double[SAMPLE];
    private final Random random = new Random(1);
    private long nonzero;
    private long rows;

    /**
     * Accepts rows of one objective and stratum.
     *
     * @param objective rows of others, and of update parts, are skipped
     * @param stratum likewise; empty if it has none
     */
    public ParameterDigest(String objective, String stratum) {
        this.objective = objective;
        this.stratum = stratum;
    }

    /** A parameter by its position. */
    public record Place(int tensor, int parameter) {}

    /** The totals of one parameter over the steps. */
    record Total(String name, Place place, double lca, int helped, int hurt) {}

    private static final class Tensor {
        private final String name;
        private double[] lca = {};
        private int[] helped = {};
        private int[] hurt = {};
        private int length;

        Tensor(String name) {
            this.name = name;
        }

        void makeRoom(int needed) {
            if (needed > length) {
                length = needed;
            }
            if (needed > lca.length) {
                int count = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, lca.length * 3L / 2));
                lca = Arrays.copyOf(lca, count);
                helped = Arrays.copyOf(helped, count);
                hurt = Arrays.copyOf(hurt, count);
            }
        }
    }

    /** Adds a row. */
    public void add(ParameterRow row) {
        if (!isWanted(row)) {
            return;
        }
        rows++;
        Tensor tensor = tensors.computeIfAbsent(row.getTensor(), index -> new Tensor(row.getTensorName()));
        int count = row.getParameterLcaCount();
        int offset = Math.toIntExact((long) row.getOffset() + count) - count;
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

    boolean isEmpty() {
        return rows == 0;
    }

    /** A uniform sample of the allocations that are not 0. */
    double[] sample() {
        return Arrays.copyOf(sample, (int) Math.min(nonzero, SAMPLE));
    }

    /** For each parameter that mattered in at least one step: the share of those steps in which it helped. */
    double[] shares() {
        return tensors.values().stream()
                .flatMapToDouble(tensor -> IntStream.range(0, tensor.length)
                        .filter(i -> tensor.helped[i] + tensor.hurt[i] > 0)
                        .mapToDouble(i -> (double) tensor.helped[i] / (tensor.helped[i] + tensor.hurt[i])))
                .toArray();
    }

    /**
     * The first parameters in order of their LCA; with a factor of -1, the last ones. NaN comes after everything else.
     */
    List<Total> first(int most, double factor) {
        PriorityQueue<Total> best =
                new PriorityQueue<>(Comparator.comparingDouble((Total total) -> factor * total.lca())
                        .reversed());
        tensors.forEach((index, tensor) -> {
            for (int i = 0; i < tensor.length; i++) {
                if (best.size() < most
                        || Double.compare(
                                        factor * tensor.lca[i],
                                        factor * best.element().lca())
                                < 0) {
                    best.add(total(index, tensor, i));
                    if (best.size() > most) {
                        best.remove();
                    }
                }
            }
        });
        return best.stream()
                .sorted(Comparator.comparingDouble(total -> factor * total.lca()))
                .toList();
    }

    /** A uniform sample of parameters. */
    List<Total> drawn(int most) {
        Random draws = new Random(1);
        long all = parameters();
        List<Total> drawn = new ArrayList<>();
        for (int i = 0; i < most && all > 0; i++) {
            long place = (long) (draws.nextDouble() * all);
            for (Map.Entry<Integer, Tensor> entry : tensors.entrySet()) {
                if (place < entry.getValue().length) {
                    drawn.add(total(entry.getKey(), entry.getValue(), (int) place));
                    break;
                }
                place -= entry.getValue().length;
            }
        }
        return drawn;
    }

    /** The number of parameters. */
    long parameters() {
        return tensors.values().stream().mapToLong(tensor -> tensor.length).sum();
    }

    boolean isWanted(ParameterRow row) {
        return row.getObjective().equals(objective)
                && row.getStratum().equals(stratum)
                && row.getPart().isEmpty();
    }

    private static Total total(int index, Tensor tensor, int i) {
        return new Total(
                String.format(Locale.ROOT, "%s[%d]", tensor.name, i),
                new Place(index, i),
                tensor.lca[i],
                tensor.helped[i],
                tensor.hurt[i]);
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
