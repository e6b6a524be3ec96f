package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The books of one run by the definition, parameter by parameter: A = delta (g(0) + 4 g(1/2) + g(1)) / 6. Shares no code
 * with the processor. For one objective in float64 with two splits.
 */
final class SlowBooks {
    /** One parameter's share of one step. */
    private record Entry(int step, String layer, long unit, double lca) {}

    private final List<Entry> entries = new ArrayList<>();
    private final NavigableMap<Integer, Double> lossChanges = new TreeMap<>();

    SlowBooks(Iterable<Update> updates) {
        for (Update update : updates) {
            if (update.hasTensorChunk()) {
                book(update.getStep(), update.getTensorChunk());
            }
        }
    }

    private void book(int step, TensorChunk chunk) {
        assertThat(chunk.getObjectivesCount()).isEqualTo(1);
        ObjectiveChunk objective = chunk.getObjectives(0);
        assertThat(objective.getNodes().getNodeCount()).isEqualTo(3);
        ByteBuffer delta = vector(chunk.getDelta().toByteArray());
        ByteBuffer start = vector(objective.getNodes().getNode(0).toByteArray());
        ByteBuffer middle = vector(objective.getNodes().getNode(1).toByteArray());
        ByteBuffer end = vector(objective.getNodes().getNode(2).toByteArray());
        for (int i = 0; i < chunk.getCount(); i++) {
            double lca = delta.getDouble() * (start.getDouble() + 4 * middle.getDouble() + end.getDouble()) / 6;
            long unit = chunk.getFirstUnit() + (chunk.getOffset() + i) / chunk.getParametersPerUnit();
            entries.add(new Entry(step, chunk.getLayer(), unit, lca));
        }
        lossChanges.put(step, objective.getLossEnd() - objective.getLossStart());
    }

    private static ByteBuffer vector(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int steps() {
        return lossChanges.size();
    }

    void assertAgrees(LayerRow row) {
        List<Entry> all = select(row.getStep(), row.getStep(), row.getLayer());
        assertSums(all, row.getLca(), row.getHelp(), row.getHarm(), row.getSumOfSquares());
        assertCounts(all, row.getHelpedParameters(), row.getHurtParameters(), row.getZeroParameters());
        assertThat(row.getParameters()).isEqualTo(all.size());
        assertThat(row.getCumulativeLca())
                .isCloseTo(lca(select(0, row.getStep(), row.getLayer())), within(tolerance(entries)));
    }

    void assertAgrees(UnitRow row) {
        Map<Long, Double> units = new HashMap<>();
        List<Entry> all = select(row.getStep(), row.getStep(), row.getLayer());
        all.forEach(entry -> units.merge(entry.unit(), entry.lca(), Double::sum));
        assertThat(row.getUnits()).isEqualTo(units.size());
        for (int i = 0; i < row.getUnitLcaCount(); i++) {
            assertThat(row.getUnitLca(i))
                    .isCloseTo(units.getOrDefault((long) row.getFirstUnit() + i, Double.NaN), within(tolerance(all)));
        }
    }

    void assertAgrees(StepRow row) {
        List<Entry> all = select(row.getStep(), row.getStep(), "");
        assertThat(row.getLca()).isCloseTo(lca(all), within(tolerance(all)));
        assertCounts(all, row.getHelpedParameters(), row.getHurtParameters(), row.getZeroParameters());
        assertThat(row.getLossChange()).isEqualTo(lossChanges.get(row.getStep()));
        assertThat(row.getResidual()).isCloseTo(row.getLossChange() - lca(all), within(tolerance(all)));
        assertThat(row.getCumulativeLca()).isCloseTo(lca(select(0, row.getStep(), "")), within(tolerance(entries)));
    }

    void assertAgrees(WindowRow row) {
        List<Entry> all = select(row.getFirstStep(), row.getLastStep(), row.getLayer());
        assertSums(all, row.getLca(), row.getHelp(), row.getHarm(), row.getSumOfSquares());
        assertCounts(all, row.getHelpedParameters(), row.getHurtParameters(), row.getZeroParameters());
        var steps = lossChanges.subMap(row.getFirstStep(), true, row.getLastStep(), true);
        assertThat(row.getSteps()).isEqualTo(steps.size());
        if (row.getLayer().isEmpty()) {
            double lossChange =
                    steps.values().stream().mapToDouble(Double::doubleValue).sum();
            assertThat(row.getLossChange()).isCloseTo(lossChange, within(1e-12));
        }
    }

    private static void assertSums(List<Entry> all, double lca, double help, double harm, double squares) {
        assertThat(lca).isCloseTo(lca(all), within(tolerance(all)));
        assertThat(help).isCloseTo(sum(all, -1), within(tolerance(all)));
        assertThat(harm).isCloseTo(sum(all, 1), within(tolerance(all)));
        double expected = all.stream().mapToDouble(e -> e.lca() * e.lca()).sum();
        assertThat(squares).isCloseTo(expected, within(1e-12 * expected));
    }

    private static void assertCounts(List<Entry> all, double helped, double hurt, double zero) {
        assertThat(helped).isEqualTo(count(all, -1));
        assertThat(hurt).isEqualTo(count(all, 1));
        assertThat(zero).isEqualTo(count(all, 0));
    }

    private List<Entry> select(int from, int to, String layer) {
        return entries.stream()
                .filter(entry -> entry.step() >= from && entry.step() <= to)
                .filter(entry -> layer.isEmpty() || entry.layer().equals(layer))
                .toList();
    }

    private static double lca(List<Entry> all) {
        return all.stream().mapToDouble(Entry::lca).sum();
    }

    private static double sum(List<Entry> all, int sign) {
        return all.stream()
                .mapToDouble(Entry::lca)
                .filter(lca -> Math.signum(lca) == sign)
                .sum();
    }

    private static double count(List<Entry> all, int sign) {
        return all.stream().filter(entry -> Math.signum(entry.lca()) == sign).count();
    }

    /** Rounding of sums in another order. */
    private static double tolerance(List<Entry> all) {
        return 1e-14 + 1e-13 * all.stream().mapToDouble(e -> Math.abs(e.lca())).sum();
    }
}
