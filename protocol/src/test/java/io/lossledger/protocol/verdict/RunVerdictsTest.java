package io.lossledger.protocol.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.lca.Trend;
import io.lossledger.protocol.verdict.RunTotals.LayerTotal;
import io.lossledger.protocol.verdict.Verdict.State;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunVerdictsTest {
    private static final List<LayerTotal> LAYERS =
            List.of(new LayerTotal("fc1", -1.5), new LayerTotal("fc2", -0.5), new LayerTotal("out", 0));

    @Test
    void ofARunThatLearned() {
        assertThat(texts(totals(2.5, 0.5, 1e-3, 0, LAYERS), null))
                .containsExactly(
                        "GOOD Learned: loss 2.500 → 0.5000 in 400 steps",
                        "GOOD fc1 did most (75 %): no layer hurt as a whole; no effect: out",
                        "GOOD Balanced: residual 0.05 % of what moved, tolerance 1 %");
    }

    @Test
    void ofARunThatDidNot() {
        List<LayerTotal> layers = List.of(new LayerTotal("fc1", -1), new LayerTotal("fc2", 2.5));
        assertThat(texts(totals(1, 2.5, 0, 3, layers), null))
                .containsExactly(
                        "BAD Did not learn: loss 1.000 → 2.500 in 400 steps",
                        "BAD fc2 hurt: LCA fc2 +2.50; fc1 did most (100 %)",
                        "OPEN Balanced, but 3 steps are missing: residual 0 % of what moved, tolerance 1 %");
    }

    @Test
    void ofBooksThatDoNotBalance() {
        assertThat(texts(totals(2.5, 0.5, 0.42, 0, LAYERS), null))
                .containsExactly(
                        "GOOD Learned: loss 2.500 → 0.5000 in 400 steps",
                        "OPEN fc1 did most (75 %): in books that do not balance",
                        "BAD Not balanced: residual 21 % of what moved, tolerance 1 %");
    }

    @Test
    void ofARunThatIsStillGoingOn() {
        RunTotals totals = totals(2.5, 0.5, 0, 0, LAYERS);
        assertThat(texts(totals, recent(Trend.FALLS, List.of())))
                .startsWith(
                        "GOOD Learning: loss 2.500 → 0.5000, -0.0520 over the last 40 steps",
                        "GOOD fc1 does most (75 %): no layer hurts over the last 40 steps; no effect: out");
        assertThat(texts(totals, recent(Trend.RISES, List.of("fc2", "out"))))
                .startsWith(
                        "BAD Getting worse: loss 2.500 → 0.5000, -0.0520 over the last 40 steps",
                        "BAD 2 layers hurt: LCA out +0.00, fc2 -0.500; fc1 does most (75 %) over the last 40 steps; no effect: out");
        assertThat(texts(totals, recent(Trend.NONE, List.of())).get(0)).startsWith("OPEN No clear trend: ");
    }

    @Test
    void ofWhatIsNotFinite() {
        List<LayerTotal> layers = List.of(new LayerTotal("fc1", Double.NaN), new LayerTotal("fc2", -1));
        assertThat(texts(totals(2.5, Double.NaN, Double.NaN, 0, layers), null))
                .containsExactly(
                        "BAD Diverged: the loss is NaN",
                        "BAD Layers are not finite: fc1",
                        "BAD Not balanced: the residual is not finite");
    }

    @Test
    void ofNothing() {
        RunTotals nothing = new RunTotals(0, 0, 0, 0, 0, 0, List.of());
        assertThat(RunVerdicts.of(nothing, null, 0.01))
                .extracting(Verdict::state)
                .containsOnly(State.OPEN);
    }

    private static List<String> texts(RunTotals totals, @Nullable RecentSteps recent) {
        return RunVerdicts.of(totals, recent, 0.01).stream()
                .map(verdict -> verdict.state() + " " + verdict.text())
                .toList();
    }

    private static RunTotals totals(double start, double end, double residual, long missing, List<LayerTotal> layers) {
        return new RunTotals(start, end, end - start, residual, 400, missing, layers);
    }

    private static RecentSteps recent(Trend trend, List<String> hurting) {
        return new RecentSteps(40, -0.052, trend, LAYERS, hurting);
    }
}
