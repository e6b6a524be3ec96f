package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.publish.PublishReport;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTableTest {
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

        new RunTable(out, 7).show(step, layers);

        String line = printed.toString().lines().toList().get(1);
        assertThat(line.strip().split(" +")).startsWith("7", "" + bad, signed, signed, "50.0%", "NaN");
        assertThat(line).contains("fc6 NaN").doesNotContain("NaN%");
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void booksWithWhatIsNotFiniteDoNotBalance(double bad) {
        WindowRow closing = WindowRow.newBuilder()
                .setRun("digits-1")
                .setSteps(10)
                .setLca(bad)
                .setLossChange(bad)
                .setResidual(Double.NaN)
                .build();

        assertThat(RunTable.close(out, closing, new PublishReport(10, 0, 0, 0, Map.of(), Optional.empty())))
                .isFalse();

        assertThat(printed.toString().strip())
                .isEqualTo("not balanced: run=digits-1 steps=10 lca=" + bad + " loss-change=" + bad
                        + " residual=NaN relative=NaN");
    }
}
