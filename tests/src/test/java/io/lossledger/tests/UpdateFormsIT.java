package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same training, once sent as vectors and once as sums, through a real broker and processor. */
class UpdateFormsIT {
    private static final int STEPS = 6;
    private static final Set<String> OF_THE_RUN = Set.of("run", "time", "first_time", "last_time");

    private static RunningLedger ledger;

    @BeforeAll
    static void train(@TempDir Path directory) throws Exception {
        ledger = RunningLedger.start(directory);
        for (UpdateForm form : UpdateForm.values()) {
            new Trainer(
                            Trainings.of(
                                    form.name(),
                                    STEPS,
                                    Optimizer.MOMENTUM,
                                    List.of("train", "validation", "sampled"),
                                    500,
                                    true,
                                    MeasureSettings.DEFAULT,
                                    RecordSettings.DEFAULT),
                            ledger.publishing().withForm(form))
                    .run(step -> {});
            ledger.closing(form.name());
        }
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void booksTheSameRows() throws Exception {
        requireEqual(LedgerTopic.LAYER, LayerRow.class, 3 * 3 * 3 * STEPS);
        requireEqual(LedgerTopic.UNIT, UnitRow.class, 3 * 3 * 3 * STEPS);
        requireEqual(LedgerTopic.STEP, StepRow.class, 3 * 3 * STEPS);
        requireEqual(LedgerTopic.WINDOW, WindowRow.class, 3 * 3 * 4);
    }

    @ParameterizedTest
    @EnumSource(UpdateForm.class)
    void obeysTheContract(UpdateForm form) throws Exception {
        try (LedgerCommand check =
                LedgerCommand.run("check", "--bootstrap-server", ledger.bootstrapServers(), form.name())) {
            assertThat(check.output()).contains(STEPS + " complete steps, nothing found");
            assertThat(check.exitCode()).isZero();
        }
    }

    /** What needs vectors is refused with its reason, not left empty. */
    @Test
    void refusesAReplayOfSumsWithAnotherRule() throws Exception {
        try (LedgerCommand replay = LedgerCommand.run(
                "replay",
                "--bootstrap-server",
                ledger.bootstrapServers(),
                "--run",
                "SUMS",
                "--rule",
                "trapezoid",
                "--to-prefix",
                "again.")) {
            assertThat(replay.errors())
                    .contains("rule: must be possible with the nodes that were sent. Found: trapezoid, but step")
                    .contains("came as sums by simpson-2");
            assertThat(replay.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void saysThatSumsHoldNoSingleParameters(@TempDir Path folder) throws Exception {
        try (LedgerCommand export = LedgerCommand.run(
                "export",
                "--bootstrap-server",
                ledger.bootstrapServers(),
                "SUMS",
                "--parameters",
                "--to",
                folder.resolve("sums.duckdb"))) {
            assertThat(export.errors())
                    .contains(
                            "run SUMS: single parameters are not known, because its trainer sent sums instead of vectors");
            assertThat(export.exitCode()).isZero();
        }
    }

    private static <T extends Message> void requireEqual(LedgerTopic topic, Class<T> type, int rows) throws Exception {
        List<T> vectors = ledger.rows(topic, UpdateForm.VECTORS.name(), type);
        List<T> sums = ledger.rows(topic, UpdateForm.SUMS.name(), type);
        assertThat(vectors).hasSizeGreaterThanOrEqualTo(rows);
        assertThat(sums).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            requireEqual(vectors.get(i), sums.get(i));
        }
    }

    private static void requireEqual(Message expected, Message found) {
        Map<FieldDescriptor, Object> fields = expected.getAllFields();
        assertThat(found.getAllFields().keySet()).isEqualTo(fields.keySet());
        for (FieldDescriptor field : fields.keySet()) {
            if (!OF_THE_RUN.contains(field.getName())) {
                requireEqual(field.getFullName(), expected.getField(field), found.getField(field));
            }
        }
    }

    /** Chunks differ, so that sums are formed in another order. */
    private static void requireEqual(String name, Object expected, Object found) {
        if (expected instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                requireEqual(name, list.get(i), ((List<?>) found).get(i));
            }
        } else if (expected instanceof Double number) {
            boolean residual = name.endsWith("residual");
            assertThat((Double) found)
                    .as(name)
                    .isCloseTo(number, within(residual ? 1e-9 : 1e-9 * Math.abs(number) + 1e-15));
        } else {
            assertThat(found).as(name).isEqualTo(expected);
        }
    }
}
