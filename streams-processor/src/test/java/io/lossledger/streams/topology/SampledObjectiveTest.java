package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of three steps. Delta of the weights is 1, −2, 3, −4 and of the biases 0, 5. */
class SampledObjectiveTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void addsUpTheErrorOverTheChunksOfALayer() {
        ledger.send(sampled(0, 0.1));

        double error = 0.1 * (1 - 2 + 3 - 4 + 5);
        LayerRow layer = ledger.layers().get(0);
        StepRow step = ledger.steps().get(0);
        assertThat(layer.getSamplingError()).isCloseTo(error, within(1e-12));
        assertThat(step.getSamplingError()).isCloseTo(error, within(1e-12));
        assertThat(step.getKind()).isEqualTo(ObjectiveKind.OBJECTIVE_KIND_SAMPLED);
        assertThat(step.getSplits()).isEqualTo(2);
    }

    /** Errors of 0.3, 0.6, 0.9 and twice 0: standard error √1.26, and Student's t with 3 · 1.26² / 0.7938 − 2 = 4 degrees of freedom. */
    @Test
    void addsUpVariancesOverAWindow() {
        ledger.send(sampled(0, 0.1));
        ledger.send(sampled(1, -0.2));
        ledger.send(sampled(2, 0.3));
        WindowRow few = ledger.windows().get(0);
        assertThat(few.getSteps()).isEqualTo(3);
        assertThat(few.getStandardError()).isCloseTo(Math.sqrt(1.26), within(1e-12));
        assertThat(few.hasIntervalLow()).isFalse();
        assertThat(few.hasIntervalHigh()).isFalse();
        ledger.send(sampled(3, 0));
        ledger.send(sampled(4, 0));
        ledger.send(Updates.end("r", 5));

        WindowRow row = ledger.windows().stream()
                .filter(window -> window.getSteps() == 5)
                .findFirst()
                .orElseThrow();
        assertThat(row.getStandardError()).isCloseTo(Math.sqrt(1.26), within(1e-12));
        assertThat(row.getIntervalHigh() - row.getLca()).isCloseTo(2.776 * Math.sqrt(1.26), within(0.02));
        assertThat(row.getLca() - row.getIntervalLow()).isCloseTo(2.776 * Math.sqrt(1.26), within(0.02));
    }

    @Test
    void hasNoErrorForAFixedObjective() {
        for (int step = 0; step < 3; step++) {
            ledger.send(Updates.step("r", step, 1));
        }

        assertThat(ledger.layers().get(0).hasSamplingError()).isFalse();
        assertThat(ledger.steps().get(0).hasSamplingError()).isFalse();
        assertThat(ledger.windows().get(0).hasStandardError()).isFalse();
    }

    private static Update[] sampled(int step, double contrast) {
        Update[] updates = Updates.step("r", step, 1);
        for (int i = 0; i < updates.length; i++) {
            Update.Builder update = updates[i].toBuilder();
            int count = update.getTensorChunk().getCount();
            update.getTensorChunkBuilder()
                    .getObjectivesBuilder(0)
                    .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                    .setSamplingContrast(VectorBytes.encode(Updates.fill(count, contrast), 0, count));
            updates[i] = update.build();
        }
        return updates;
    }
}
