package io.lossledger.trainer.bench;

import io.lossledger.lca.SamplingError;
import io.lossledger.producer.step.ModelLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Per-layer LCA from one estimate over a training, compared with the truth in windows. Not thread-safe. */
public final class WindowErrors {
    private static final int[] WINDOWS = {10, 25, 100};

    private final int layers;
    private final List<double[]> lca = new ArrayList<>();
    private final List<double[]> errors = new ArrayList<>();

    WindowErrors(ModelLayout layout) {
        this.layers = LayerAllocation.layers(layout);
    }

    /**
     * The errors of all layers in all complete windows of one size.
     *
     * @param window steps in a window
     * @param error Σ|estimate − truth| / Σ|truth|
     * @param bias |Σ(estimate − truth)| / Σ|truth|
     * @param coverage share of the 95 % intervals that contain the truth; NaN without intervals
     * @param intervals number of intervals
     */
    public record Row(int window, double error, double bias, double coverage, int intervals) {}

    void add(double[] step) {
        lca.add(step);
    }

    void addError(double[] step) {
        errors.add(step);
    }

    static List<Row> rows(WindowErrors truth, List<WindowErrors> estimates) {
        return Arrays.stream(WINDOWS)
                .filter(size -> size <= truth.lca.size())
                .mapToObj(size -> row(size, truth, estimates))
                .toList();
    }

    private static Row row(int size, WindowErrors truth, List<WindowErrors> estimates) {
        double off = 0;
        double[] signed = new double[truth.layers];
        double whole = 0;
        int covered = 0;
        int intervals = 0;
        for (WindowErrors estimate : estimates) {
            for (int from = 0; from + size <= truth.lca.size(); from += size) {
                for (int layer = 0; layer < truth.layers; layer++) {
                    double right = sum(truth.lca, layer, from, size, 1);
                    double error = sum(estimate.lca, layer, from, size, 1) - right;
                    off += Math.abs(error);
                    signed[layer] += error;
                    whole += Math.abs(right);
                    if (!estimate.errors.isEmpty()) {
                        SamplingError interval = new SamplingError(
                                sum(estimate.errors, layer, from, size, 2), sum(estimate.errors, layer, from, size, 4));
                        intervals++;
                        covered += Math.abs(error) <= interval.halfWidth95() ? 1 : 0;
                    }
                }
            }
        }
        double bias = Arrays.stream(signed).map(Math::abs).sum() / whole;
        return new Row(size, off / whole, bias, intervals == 0 ? Double.NaN : (double) covered / intervals, intervals);
    }

    private static double sum(List<double[]> steps, int layer, int from, int size, int power) {
        double sum = 0;
        for (double[] step : steps.subList(from, from + size)) {
            sum += Math.pow(step[layer], power);
        }
        return sum;
    }
}
