package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of unusual size and shape on a processor with little heap. All descend a separable quadratic from the same point in
 * numbers that floats hold exactly: every sum has a closed form.
 *
 * <p>{@code lossledger.large.parameters}: parameters of the large tensor.
 */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
class LargeRunIT {
    private static final int LARGE = Integer.getInteger("lossledger.large.parameters", 2_000_000);
    private static final String PROCESSOR_HEAP = "-Xmx320m";

    private EmbeddedBroker broker;
    private Node processor;
    private Results results;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        broker = EmbeddedBroker.start(0, directory);
        Processing.createTopics(broker.bootstrapServers(), "lossledger.");
        results = new Results(broker.bootstrapServers(), "lossledger.");
        List<Object> options =
                new ArrayList<>(List.of("process", "--http-port", 0, "--bootstrap-server", broker.bootstrapServers()));
        options.addAll(List.of("--state-dir", directory.resolve("state")));
        options.addAll(Processing.WINDOW_OPTIONS);
        processor = Node.withHeap(PROCESSOR_HEAP, options.toArray());
        processor.start("the processor runs");
    }

    @AfterAll
    void stop() {
        processor.close();
        broker.close();
    }

    @Test
    void aTensorOfManyMillionParameters() throws Exception {
        assertBooks(new QuadraticRun("large", 1, LARGE, 16_384, 100, 0), 2);
    }

    @Test
    void aThousandLayers() throws Exception {
        assertBooks(new QuadraticRun("deep", 1_000, 24, 24, 4, 0), 7);
    }

    @Test
    void oneParameter() throws Exception {
        assertBooks(new QuadraticRun("tiny", 1, 1, 1, 1, 0), 7);
    }

    @Test
    void stepsFromAMillionOn() throws Exception {
        assertBooks(new QuadraticRun("late", 3, 40, 16, 5, 1_000_000), 7);
    }

    @Test
    void twoRunsOfDifferentModelsAtOnce() throws Exception {
        QuadraticRun one = new QuadraticRun("left", 2, 30, 8, 5, 0);
        QuadraticRun other = new QuadraticRun("right", 5, 11, 11, 2, 3);
        try (RawProducer producer = new RawProducer(broker.bootstrapServers(), "lossledger.")) {
            for (int step = 0; step < 7; step++) {
                one.send(producer, step);
                other.send(producer, step);
            }
            one.end(producer, 7);
            other.end(producer, 7);
        }
        assertRows(one, 7);
        assertRows(other, 7);
    }

    private void assertBooks(QuadraticRun run, int steps) throws Exception {
        try (RawProducer producer = new RawProducer(broker.bootstrapServers(), "lossledger.")) {
            for (int step = 0; step < steps; step++) {
                run.send(producer, step);
            }
            run.end(producer, steps);
        }
        assertRows(run, steps);
    }

    private void assertRows(QuadraticRun run, int steps) throws Exception {
        results.awaitClosed(Set.of(run.name()), processor::requireAlive);
        assertSteps(run, steps);
        assertLayers(run, steps);
        assertUnits(run, steps);
        assertClosing(run, steps);
    }

    private void assertSteps(QuadraticRun run, int steps) throws Exception {
        List<StepRow> rows = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(LedgerTopic.STEP, run)) {
            StepRow.Builder row = StepRow.newBuilder();
            RowFormat.JSON.merge(record.value(), row);
            rows.add(row.build());
        }
        assertThat(rows)
                .extracting(StepRow::getStep)
                .containsExactlyElementsOf(IntStream.range(0, steps)
                        .mapToObj(step -> run.firstStep() + step)
                        .toList());
        double cumulative = 0;
        for (StepRow row : rows) {
            int step = row.getStep() - run.firstStep();
            double expected = run.layers() * run.lca(step);
            cumulative += expected;
            Offset<Double> rounding = rounding(run.layers() * run.magnitude(step));
            assertThat(row.getLca()).isCloseTo(expected, rounding);
            assertThat(row.getLossChange()).isCloseTo(expected, rounding);
            assertThat(row.getResidual()).isCloseTo(0, rounding);
            assertThat(row.getCumulativeLca()).isCloseTo(cumulative, rounding);
            assertThat(row.getParameters()).isEqualTo((double) run.layers() * run.parameters());
            assertThat(row.getHelpedParameters()).isEqualTo((double) run.layers() * run.helped());
            assertThat(row.getHurtParameters()).isEqualTo((double) run.layers() * run.hurt());
            assertThat(row.getMissingSteps()).isZero();
        }
    }

    private void assertLayers(QuadraticRun run, int steps) throws Exception {
        int rows = 0;
        for (ConsumerRecord<byte[], byte[]> record : records(LedgerTopic.LAYER, run)) {
            LayerRow.Builder row = LayerRow.newBuilder();
            RowFormat.JSON.merge(record.value(), row);
            int step = row.getStep() - run.firstStep();
            assertThat(row.getLayerIndex()).isEqualTo(rows % run.layers());
            assertThat(step).isEqualTo(rows / run.layers());
            assertThat(row.getLca()).isCloseTo(run.lca(step), rounding(run.magnitude(step)));
            assertThat(row.getHelpedParameters()).isEqualTo(run.helped());
            assertThat(row.getHurtParameters()).isEqualTo(run.hurt());
            rows++;
        }
        assertThat(rows).isEqualTo(run.layers() * steps);
    }

    private void assertUnits(QuadraticRun run, int steps) throws Exception {
        long units = 0;
        for (ConsumerRecord<byte[], byte[]> record : records(LedgerTopic.UNIT, run)) {
            UnitRow.Builder row = UnitRow.newBuilder();
            RowFormat.JSON.merge(record.value(), row);
            assertThat(row.getFirstUnit()).isEqualTo((int) (units % run.units()));
            assertThat(row.getUnits()).isEqualTo(run.units());
            for (int i = 0; i < row.getUnitLcaCount(); i++) {
                double expected = run.unitLca(row.getStep() - run.firstStep(), row.getFirstUnit() + i);
                assertThat(row.getUnitLca(i)).isCloseTo(expected, rounding(Math.max(1, Math.abs(expected))));
            }
            units += row.getUnitLcaCount();
        }
        assertThat(units).isEqualTo((long) steps * run.layers() * run.units());
    }

    private void assertClosing(QuadraticRun run, int steps) throws Exception {
        List<WindowRow> rows = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(LedgerTopic.WINDOW, run)) {
            WindowRow.Builder row = WindowRow.newBuilder();
            RowFormat.JSON.merge(record.value(), row);
            if (row.getKind() == WindowKind.WINDOW_KIND_RUN) {
                rows.add(row.build());
            }
        }
        assertThat(rows).hasSize(1 + run.layers());
        double layer = IntStream.range(0, steps).mapToDouble(run::lca).sum();
        for (WindowRow row : rows) {
            double expected = row.getLayer().isEmpty() ? run.layers() * layer : layer;
            assertThat(row.getLca()).isCloseTo(expected, rounding(run.layers() * run.magnitude(steps - 1)));
            assertThat(row.getSteps()).isEqualTo(steps);
            assertThat(row.getMissingSteps()).isZero();
            assertThat(row.getFirstStep()).isEqualTo(run.firstStep());
            assertThat(row.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        }
    }

    private static Offset<Double> rounding(double magnitude) {
        return within(1e-12 * magnitude);
    }

    private List<ConsumerRecord<byte[], byte[]>> records(LedgerTopic topic, QuadraticRun run) {
        return results.read(topic).stream()
                .filter(record -> new String(record.key(), java.nio.charset.StandardCharsets.UTF_8).equals(run.name()))
                .toList();
    }
}
