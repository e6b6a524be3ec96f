package io.lossledger.protocol.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.lca.Trend;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunVerdictsTest {
    private final Locale locale = Locale.getDefault();

    @BeforeEach
    void writeNumbersWithCommas() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void restore() {
        Locale.setDefault(locale);
    }

    @Test
    void answerTheThreeQuestionsOfARunInOrder() {
        RunVerdicts verdicts = RunVerdicts.of(
                model(400, 2.412, 0.312).setResidual(-0.0005).build(),
                layers("fc1", -1.323, "fc2", -0.3, "output", -0.4775),
                0.01);

        assertThat(verdicts.all())
                .containsExactly(
                        new Verdict(State.GOOD, "Learned", "loss 2.412 → 0.312 over 400 steps"),
                        new Verdict(State.GOOD, "fc1 did most (63 % of the help)", "no layer hurt as a whole"),
                        new Verdict(State.GOOD, "Balanced", "residual 0.024 % of what moved, tolerance 1 %"));
        assertThat(verdicts.learning()).hasToString("✓ Learned: loss 2.412 → 0.312 over 400 steps");
    }

    @Test
    void ofARunThatWentWrong() {
        RunVerdicts verdicts = RunVerdicts.of(
                model(1, 2.31, 2.33).setResidual(0.25).build(), layers("fc1", -0.27, "fc2", -0.03, "fc3", 0.041), 0.05);

        assertThat(verdicts.all())
                .containsExactly(
                        new Verdict(State.BAD, "Did not learn", "loss 2.310 → 2.330 over 1 step"),
                        new Verdict(State.BAD, "fc3 hurt", "ΣLCA +0.041; fc1 did most (90 % of the help)"),
                        new Verdict(State.BAD, "Not balanced", "residual 73 % of what moved, tolerance 5 %"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2.5     | NaN       | ✗ Diverged: the loss is NaN
            2.5     | Infinity  | ✗ Diverged: the loss is ∞
            NaN     | 2.5       | ✗ Diverged: the loss is NaN
            -Infinity | NaN     | ✗ Diverged: the loss is −∞
            2.5     | 2.5       | ✗ Did not learn: loss 2.500 → 2.500 over 7 steps
            2.5     | 2.499999  | ✓ Learned: loss 2.500000 → 2.499999 over 7 steps
            1e-5    | 2e-7      | ✓ Learned: loss 1.00e-05 → 2.00e-07 over 7 steps
            1.234e-4| 1.231e-4  | ✓ Learned: loss 1.234e-04 → 1.231e-04 over 7 steps
            12345678| 0         | ✓ Learned: loss 1.23e+07 → 0.000 over 7 steps
            """)
    void sayWhetherTheLossFell(double start, double end, String verdict) {
        assertThat(RunVerdicts.of(model(7, start, end).build(), layers(), 0.01).learning())
                .hasToString(verdict);
    }

    @Test
    void knowNoLossesOfBooksThatAnEarlierVersionBegan() {
        WindowRow.Builder model = model(7, 0, 0).clearLossStart().clearLossEnd();
        assertThat(RunVerdicts.of(model.setLossChange(-2.1).build(), layers(), 0.01)
                        .learning())
                .hasToString("✓ Learned: loss change -2.100 over 7 steps");
        assertThat(RunVerdicts.of(model.setLossChange(0.5).build(), layers(), 0.01)
                        .learning())
                .hasToString("✗ Did not learn: loss change +0.500 over 7 steps");
        assertThat(RunVerdicts.of(model.setLossChange(Double.NaN).build(), layers(), 0.01)
                        .learning())
                .hasToString("✗ Diverged: the loss is NaN");
    }

    /** Ten chords over ten steps each are not ten steps. */
    @Test
    void countSegmentsWhereTheySpanSeveralSteps() {
        WindowRow.Builder chords = model(10, 2.69, 1.278).setFirstStep(9).setLastStep(99);
        assertThat(RunVerdicts.of(chords.build(), layers(), 0.01).learning())
                .hasToString("✓ Learned: loss 2.690 → 1.278 over 10 segments, up to step 99");
    }

    @Test
    void leaveOpenWhatSamplingCannotShow() {
        WindowRow.Builder model = model(50, 2.31, 2.3).setIntervalLow(-0.03).setIntervalHigh(0.01);
        assertThat(RunVerdicts.of(model.build(), layers(), 0.01).learning())
                .hasToString("– Not clear: loss 2.310 → 2.300 over 50 steps is within the sampling error");
        assertThat(RunVerdicts.of(model.setIntervalHigh(-0.01).build(), layers(), 0.01)
                        .learning())
                .hasToString("✓ Learned: loss 2.310 → 2.300 over 50 steps");

        List<WindowRow> layers = layers("fc1", -1.0, "fc2", 0.2);
        WindowRow unsure = layers.get(1).toBuilder()
                .setIntervalLow(-0.1)
                .setIntervalHigh(0.5)
                .build();
        assertThat(LayerRanking.of(List.of(layers.get(0), unsure)).verdict())
                .hasToString("✓ fc1 did most (100 % of the help): no layer hurt as a whole");
        WindowRow sure = unsure.toBuilder().setIntervalLow(0.1).build();
        assertThat(LayerRanking.of(List.of(layers.get(0), sure)).verdict())
                .hasToString("✗ fc2 hurt: ΣLCA +0.200; fc1 did most (100 % of the help)");
    }

    @Test
    void nameTheLayersThatHelpAndHurt() {
        assertThat(LayerRanking.of(layers("a", 0.1, "b", 0.3, "c", -0.5)).verdict())
                .hasToString("✗ b hurt most of 2 layers: ΣLCA +0.300; c did most (100 % of the help)");
        assertThat(LayerRanking.of(layers("a", 0.1, "b", 0.0)).verdict())
                .hasToString("✗ a hurt: ΣLCA +0.100; no layer helped as a whole; no effect: b");
        assertThat(LayerRanking.of(layers("a", 0.0, "b", 0.0)).verdict())
                .hasToString("– No layer helped or hurt as a whole");
        assertThat(LayerRanking.of(layers("a", -1.0, "b", Double.NEGATIVE_INFINITY, "c", 1.0))
                        .verdict())
                .hasToString("✗ b is not finite: its LCA is −∞");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.01     | ✓ Balanced: residual 1 % of what moved, tolerance 1 %
            0.0101   | ✗ Not balanced: residual just above 1 % of what moved, tolerance 1 %
            -0.00033 | ✓ Balanced: residual 0.033 % of what moved, tolerance 1 %
            0        | ✓ Balanced: residual 0 % of what moved, tolerance 1 %
            1e-12    | ✓ Balanced: residual below 0.001 % of what moved, tolerance 1 %
            2.5      | ✗ Not balanced: residual 250 % of what moved, tolerance 1 %
            NaN      | ✗ Not balanced: the residual is not finite
            """)
    void holdTheResidualAgainstWhatMoved(double residual, String verdict) {
        WindowRow model = model(7, 2, 1).setResidual(residual).build();
        assertThat(RunVerdicts.of(model, layers("fc1", -0.5, "fc2", -0.5), 0.01).balance())
                .hasToString(verdict);
    }

    @Test
    void ofARunWithMissingStepsStayOpen() {
        WindowRow.Builder model = model(7, 2, 1).setMissingSteps(3);
        assertThat(RunVerdicts.of(model.setResidual(1e-3).build(), layers("fc1", -1.0), 0.01)
                        .balance())
                .hasToString("– Balanced but for 3 steps missing: residual 0.1 % of what moved, tolerance 1 %");
        assertThat(RunVerdicts.of(model.setResidual(1).build(), layers("fc1", -1.0), 0.01)
                        .balance())
                .hasToString("✗ Not balanced: residual 100 % of what moved, tolerance 1 %");
    }

    @Test
    void ofARunWithoutStepsStayOpen() {
        assertThat(RunVerdicts.of(WindowRow.getDefaultInstance(), List.of(), 0.01)
                        .all())
                .hasSize(3)
                .allSatisfy(verdict -> assertThat(verdict).hasToString("– No step was booked"));
    }

    @Test
    void ofAResidualWithoutMovement() {
        WindowRow model = model(7, 2, 2).setResidual(0.5).build();
        assertThat(RunVerdicts.of(model, layers("fc1", 0.0), 0.01).balance())
                .hasToString("✗ Not balanced: the residual is +0.500, but nothing moved");
    }

    private static WindowRow.Builder model(int steps, double start, double end) {
        return WindowRow.newBuilder()
                .setSteps(steps)
                .setLossStart(start)
                .setLossEnd(end)
                .setLossChange(end - start);
    }

    /** Names and LCA in turn. */
    private static List<WindowRow> layers(Object... namesAndLca) {
        List<WindowRow> layers = new ArrayList<>();
        for (int i = 0; i < namesAndLca.length; i += 2) {
            layers.add(WindowRow.newBuilder()
                    .setLayer((String) namesAndLca[i])
                    .setLca((double) namesAndLca[i + 1])
                    .build());
        }
        return layers;
    }

    @Test
    void nameLayersWithoutEffect() {
        assertThat(LayerRanking.of(layers("a", -1.0, "b", 0.0, "c", 0.0, "d", 0.0, "e", 0.0))
                        .verdict())
                .hasToString(
                        "✓ a did most (100 % of the help): no layer hurt as a whole; no effect: b, c, d and 1 more");
    }

    @Test
    void doNotPraiseLayersInBooksThatDoNotBalance() {
        WindowRow model = model(7, 2, 1).setResidual(0.5).build();
        assertThat(RunVerdicts.of(model, layers("fc1", -0.5), 0.01).layers())
                .hasToString("– fc1 did most (100 % of the help): in books that do not balance");
    }

    @Test
    void ofARunThatIsStillGoingOn() {
        assertThat(soFar(Trend.FALLS, List.of()))
                .containsExactly(
                        "✓ Learning: loss 2.500 → 0.500; -0.052 over the last 40 steps",
                        "✓ fc1 does most (75 % of the help): no layer hurts over the last 40 steps; no effect: out",
                        "✓ Balanced: residual 0 % of what moved, tolerance 1 %");
        assertThat(soFar(Trend.RISES, List.of("fc2", "out")))
                .startsWith(
                        "✗ Getting worse: loss 2.500 → 0.500; -0.052 over the last 40 steps",
                        "✗ 2 layers hurt: LCA out +0.000, fc2 -0.500 over the last 40 steps; fc1 does most (75 % of the help); no effect: out");
        assertThat(soFar(Trend.NONE, List.of("fc2")))
                .startsWith(
                        "– No clear trend: loss 2.500 → 0.500; -0.052 over the last 40 steps",
                        "✗ fc2 hurts: LCA fc2 -0.500 over the last 40 steps; fc1 does most (75 % of the help); no effect: out");
    }

    private static List<String> soFar(Trend trend, List<String> hurting) {
        List<WindowRow> layers = layers("fc1", -1.5, "fc2", -0.5, "out", 0.0);
        RecentSteps recent = new RecentSteps(40, -0.052, trend, layers, hurting);
        return RunVerdicts.soFar(model(400, 2.5, 0.5).build(), layers, recent, 0.01).all().stream()
                .map(Verdict::toString)
                .toList();
    }
}
