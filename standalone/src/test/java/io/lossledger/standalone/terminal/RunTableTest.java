package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.publish.PublishReport;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTableTest {
    private static final PublishReport REPORT = new PublishReport(10, 0, 0, 0, Map.of(), Optional.empty());

    private final StringWriter printed = new StringWriter();
    private final PrintWriter out = new PrintWriter(printed, true);

    @ParameterizedTest
    @CsvSource({"NaN, NaN", "Infinity, +Infinity", "-Infinity, -Infinity"})
    void saysWhatIsNotFinite(double bad, String signed) {
        StepRow step = StepRow.newBuilder()
                .setStep(7)
                .setLossEnd(bad)
                .setCumulativeLca(bad)
                .setCumulativeResidual(bad)
                .setHelpedShare(0.5)
                .setHelpedShareOfNonzero(Double.NaN)
                .build();
        List<LayerRow> layers = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            layers.add(LayerRow.newBuilder()
                    .setLayer("fc" + i)
                    .setCumulativeLca(i == 6 ? bad : -1)
                    .build());
        }

        new RunTable(out, new StepProgress(1, () -> 0)).show(step, layers);

        String line = printed.toString().lines().toList().get(1);
        assertThat(line.strip().split(" +")).startsWith("7/8", "" + bad, signed, signed, "50.0%", "NaN");
        assertThat(line).contains("fc6 NaN").doesNotContain("NaN%");
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void booksWithWhatIsNotFiniteDoNotBalance(double bad) {
        WindowRow closing = WindowRow.newBuilder()
                .setRun("digits-1")
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setObjective("train")
                .setSteps(10)
                .setLca(bad)
                .setLossChange(bad)
                .setResidual(Double.NaN)
                .build();

        assertThat(RunTable.close(out, rows(closing), REPORT, 0.01)).isFalse();

        assertThat(printed.toString().lines().findFirst())
                .hasValue("not balanced: run=digits-1 steps=10 lca=" + bad + " loss-change=" + bad
                        + " residual=NaN relative=NaN");
    }

    /** The loss hardly changes, as one layer undoes what the other does. */
    @ParameterizedTest
    @CsvSource({
        "0.004, 0.01, balanced: run=digits-1 steps=10 lca=-0.004000000 loss-change=0.000000000 residual=4.000e-03 relative=Infinity",
        "0.004, 0.001, not balanced: run=digits-1 steps=10 lca=-0.004000000 loss-change=0.000000000 residual=4.000e-03 relative=Infinity",
        "0.000, 0.001, balanced: run=digits-1 steps=10 lca=0.000000000 loss-change=0.000000000 residual=0.000e+00 relative=0.000e+00"
    })
    void measuresTheResidualAgainstWhatTheLossOrTheLayersMoved(double residual, double tolerance, String line) {
        WindowRow model = WindowRow.newBuilder()
                .setRun("digits-1")
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setObjective("train")
                .setSteps(10)
                .setParameters(2)
                .setLca(0 - residual)
                .setLossChange(0)
                .setResidual(residual)
                .build();
        WindowRow.Builder layer = model.toBuilder().setParameters(1);
        WindowRow help = layer.setLayer("fc1").setLca(-0.5 - residual).build();
        WindowRow harm = layer.setLayer("fc2").setLayerIndex(1).setLca(0.5).build();

        boolean balanced = RunTable.close(out, rows(model, help, harm), REPORT, tolerance);

        assertThat(printed.toString().lines()).startsWith(line).hasSize(4);
        assertThat(balanced).isEqualTo(line.startsWith("balanced"));
    }

    private static ClosingRows rows(WindowRow... rows) {
        ClosingRows closing = new ClosingRows("train", "");
        for (WindowRow row : rows) {
            closing.accept(row);
        }
        return closing;
    }
}
