package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that take less than the processor writes: what does not fit is set aside, and the books go on. */
class RefusedRowsIT {
    private static final int STEPS = 4;

    @Test
    void setsAsideWhatATopicRefusesAndGoesOn(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory)) {
            // The rows of 100 and 50 units do not fit, those of the 10 outputs do. Letters do without the largest ones.
            limit(ledger, "lossledger.unit", 800);
            limit(ledger, "lossledger.rejected", 1_500);
            train(ledger, "small");

            assertThat(ledger.closing("small").getSteps()).isEqualTo(STEPS);
            assertThat(ledger.rows(LedgerTopic.STEP, "small", StepRow.class)).hasSize(STEPS);
            assertThat(ledger.rows(LedgerTopic.LAYER, "small", LayerRow.class)).hasSize(3 * STEPS);
            assertThat(ledger.rows(LedgerTopic.UNIT, "small", UnitRow.class))
                    .hasSize(STEPS)
                    .allSatisfy(row -> assertThat(row.getLayer()).isEqualTo("output"));
            List<ConsumerRecord<String, byte[]>> letters = ledger.rejected(2 * STEPS);
            assertThat(letters).hasSize(2 * STEPS).allSatisfy(letter -> {
                assertThat(header(letter, "lossledger.reason"))
                        .matches("record for lossledger\\.unit: must take at most \\d+ bytes\\. Found: \\d+");
                assertThat(header(letter, "lossledger.topic")).isEqualTo("lossledger.app-chunks-by-run-repartition");
                assertThat(letter.key()).isEqualTo("small");
            });
            assertThat(letters)
                    .filteredOn(letter -> letter.headers().lastHeader("lossledger.truncated") != null)
                    .hasSizeBetween(STEPS, 2 * STEPS)
                    .allSatisfy(letter -> assertThat(letter.value().length)
                            .isLessThan(Integer.parseInt(header(letter, "lossledger.truncated"))));
        }
    }

    @Test
    void setsAsideAChunkThatSomeoneElseWrote(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory)) {
            train(ledger, "before");
            ledger.closing("before");
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", ledger.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("lossledger.app-chunks-by-run-repartition", new byte[] {1, 2, 3}))
                        .get(1, TimeUnit.MINUTES);
            }

            List<ConsumerRecord<String, byte[]>> letters = ledger.rejected(1);
            assertThat(letters).singleElement().satisfies(letter -> {
                assertThat(letter.value()).containsExactly(1, 2, 3);
                assertThat(header(letter, "lossledger.reason"))
                        .startsWith(
                                "record of lossledger.app-chunks-by-run-repartition: must be written by this application.");
            });
            train(ledger, "after");
            assertThat(ledger.closing("after").getSteps()).isEqualTo(STEPS);
        }
    }

    private static void train(RunningLedger ledger, String run) throws Exception {
        new Trainer(Trainings.of(run, STEPS, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500), ledger.publishing())
                .run(step -> {});
    }

    private static void limit(RunningLedger ledger, String topic, int bytes) throws Exception {
        ConfigEntry limit = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", ledger.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
                    .all()
                    .get(1, TimeUnit.MINUTES);
        }
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
