package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Produce, process, consume: what holds on every Kafka. The training is that of a linear network. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class KafkaContract {
    private static final int STEPS = 23;

    private RunningLedger ledger;
    private List<Update> updates;
    private SlowBooks oracle;

    /** Starts a Kafka and the processor beside it. */
    abstract RunningLedger startLedger(Path directory) throws Exception;

    @BeforeAll
    void train(@TempDir Path directory) throws Exception {
        ledger = startLedger(directory);
        LinearNetwork.train("linear", STEPS, ledger.publishing());
        assertThat(ledger.closing("linear").getSteps()).isEqualTo(STEPS);
        updates = updates("linear");
        oracle = new SlowBooks(updates);
    }

    @AfterAll
    void stop() {
        if (ledger != null) {
            ledger.close();
        }
    }

    /** Its loss is of degree 4 along any segment, so Simpson is exact. */
    @Test
    void balancesToRounding() throws Exception {
        List<StepRow> steps = rows(LedgerTopic.STEP, StepRow.class);

        assertThat(steps)
                .extracting(StepRow::getStep)
                .containsExactlyElementsOf(IntStream.range(0, STEPS).boxed().toList());
        for (StepRow step : steps) {
            assertThat(Math.abs(step.getLossChange())).isGreaterThan(1e-5);
            assertThat(Math.abs(step.getResidual())).isLessThan(1e-14 + 1e-13 * step.getLossStart());
            // The trapezoid, which is not exact here, must show that the residual could have been seen.
            assertThat(step.getLargestLayerEstimate()).isGreaterThan(1e-9);
        }
    }

    @Test
    void everyStepAgreesWithTheRawUpdates() throws Exception {
        assertThat(oracle.steps()).isEqualTo(STEPS);
        assertThat(rows(LedgerTopic.STEP, StepRow.class)).hasSize(STEPS).allSatisfy(oracle::assertAgrees);
    }

    @Test
    void everyLayerAgreesWithTheRawUpdates() throws Exception {
        assertThat(rows(LedgerTopic.LAYER, LayerRow.class)).hasSize(2 * STEPS).allSatisfy(oracle::assertAgrees);
    }

    @Test
    void everyUnitAgreesWithTheRawUpdates() throws Exception {
        assertThat(rows(LedgerTopic.UNIT, UnitRow.class)).hasSize(2 * STEPS).allSatisfy(oracle::assertAgrees);
    }

    @Test
    void everyWindowAgreesWithTheRawUpdates() throws Exception {
        List<WindowRow> rows = rows(LedgerTopic.WINDOW, WindowRow.class);
        int windows = (STEPS + Processing.WINDOW_STEPS - 1) / Processing.WINDOW_STEPS;

        // The model and two layers in each.
        assertThat(rows)
                .filteredOn(row -> row.getKind() == WindowKind.WINDOW_KIND_STEPS)
                .hasSize(3 * windows);
        assertThat(rows)
                .filteredOn(row -> row.getKind() == WindowKind.WINDOW_KIND_RUN)
                .hasSize(3);
        assertThat(rows).allSatisfy(oracle::assertAgrees);
    }

    @Test
    void aLedgerReaderReadsWhatAPlainConsumerDoes() throws Exception {
        try (LedgerReader reader =
                LedgerReader.connect(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")) {
            assertThat(read(reader, LayerRow.class)).isEqualTo(rows(LedgerTopic.LAYER, LayerRow.class));
            assertThat(read(reader, UnitRow.class)).isEqualTo(rows(LedgerTopic.UNIT, UnitRow.class));
            assertThat(read(reader, WindowRow.class)).isEqualTo(rows(LedgerTopic.WINDOW, WindowRow.class));
            assertThat(read(reader, Update.class)).containsExactlyInAnyOrderElementsOf(updates);
            assertThat(reader.runs().get("linear")).isNotNull();

            List<StepRow> followed = new ArrayList<>();
            reader.follow(StepRow.class, "linear", followed::add, () -> followed.size() == STEPS);
            assertThat(followed).isEqualTo(rows(LedgerTopic.STEP, StepRow.class));
            assertThat(reader.unreadable()).isZero();
        }
    }

    @Test
    void setsABadRecordAsideAndGoesOn() throws Exception {
        byte[] value = "no update".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", ledger.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("lossledger.update", value, value))
                    .get();
        }
        LinearNetwork.train("after-a-bad-record", 3, ledger.publishing());

        assertThat(ledger.closing("after-a-bad-record").getSteps()).isEqualTo(3);
        assertThat(ledger.rejected(1)).extracting(ConsumerRecord::value).containsExactly(value);
    }

    private <T extends Message> List<T> rows(LedgerTopic topic, Class<T> type) throws Exception {
        return ledger.rows(topic, "linear", type);
    }

    private static <T extends Message> List<T> read(LedgerReader reader, Class<T> type) {
        List<T> rows = new ArrayList<>();
        reader.read(type, "linear", rows::add);
        return rows;
    }

    private List<Update> updates(String run) throws Exception {
        List<Update> updates = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> entry :
                new Results(ledger.bootstrapServers(), "lossledger.").read(LedgerTopic.UPDATE)) {
            Update update = Update.parseFrom(entry.value());
            if (update.getRun().equals(run)) {
                updates.add(update);
            }
        }
        return updates;
    }
}
