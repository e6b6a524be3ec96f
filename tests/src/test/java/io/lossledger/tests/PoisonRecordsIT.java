package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Update;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad records of every size between good ones: each is set aside, byte for byte, and the books go on. */
class PoisonRecordsIT {
    @Test
    void setsBadRecordsAsideAndGoesOn(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory)) {
            List<byte[]> poison = poison();
            send(ledger, poison);
            TrainSettings settings = Trainings.of("good", 5, Optimizer.SGD, ElementType.ELEMENT_TYPE_FLOAT32, 500);
            new Trainer(settings, ledger.publishing()).run(step -> {});

            assertThat(ledger.closing("good").getSteps()).isEqualTo(5);
            List<ConsumerRecord<String, byte[]>> letters = ledger.rejected(poison.size());
            assertThat(letters).extracting(ConsumerRecord::value).containsExactlyInAnyOrderElementsOf(poison);
            assertThat(letters)
                    .allSatisfy(letter -> assertThat(letter.headers()
                                    .lastHeader("lossledger.reason")
                                    .value())
                            .hasSizeBetween(10, 600));
        }
    }

    private static List<byte[]> poison() {
        List<byte[]> poison = new ArrayList<>();
        Random random = new Random(5);
        // The last is as large as a producer with Kafka's defaults can send.
        for (int size : new int[] {0, 1, 100, 100_000, 1_048_400}) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            poison.add(noise);
        }
        Update longName = Update.newBuilder().setRun("x".repeat(500_000)).build();
        poison.add(longName.toByteArray());
        return poison;
    }

    private static void send(RunningLedger ledger, List<byte[]> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", ledger.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (byte[] record : records) {
                byte[] key =
                        UpdateKey.of(Update.newBuilder().setRun("k").build()).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("lossledger.update", key, record))
                        .get();
            }
        }
    }
}
