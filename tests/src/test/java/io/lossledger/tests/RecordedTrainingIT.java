package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.TrainSettings;
import io.lossledger.trainer.Trainer;
import io.lossledger.trainer.TrainingSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorded training in a real broker, as a worker reads it. */
class RecordedTrainingIT {
    private static final String RUN = "recorded";
    private static final int STEPS = 40;
    private static final int CHUNK_BYTES = 64 << 10;

    private static EmbeddedBroker broker;
    private static TrainSettings settings;
    private static PublishReport report;
    private static List<ConsumerRecord<String, byte[]>> records;

    @BeforeAll
    static void record(@TempDir Path directory) throws Exception {
        broker = EmbeddedBroker.start(0, directory);
        Processing.createTopics(broker.bootstrapServers(), "lossledger.");
        settings = Trainings.of(
                        RUN,
                        STEPS,
                        Optimizer.MOMENTUM,
                        List.of("train", "classes"),
                        500,
                        false,
                        MeasureSettings.DEFAULT,
                        RecordSettings.DEFAULT)
                .recorded();
        report = new Trainer(
                        settings,
                        new PublisherSettings(
                                "lossledger.",
                                CHUNK_BYTES,
                                PublisherSettings.DEFAULT_PATIENCE,
                                Map.of("bootstrap.servers", broker.bootstrapServers())))
                .run(step -> {
                    throw new AssertionError("measured");
                });
        records = read();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void holdsTheParametersOfThePlainTrainingToTheBit() throws Exception {
        TrainingSet data = TrainingSet.load(settings);
        MultiLayerNetwork plain = (MultiLayerNetwork) Networks.create(settings.model(), data.train(), settings.seed());
        Map<Integer, ByteString> points = points();
        for (int step = 0; step <= STEPS; step++) {
            FlatVector expected = FlatArrays.copy(plain.params());
            assertThat(points.get(step)).as("step %d", step).isEqualTo(expected.bytes(0, expected.length()));
            plain.fit(data.nextBatch());
        }
        assertThat(points).hasSize(STEPS + 1);
    }

    @Test
    void spreadsItsBlocksOverThePartitions() throws Exception {
        Set<Integer> partitions = new HashSet<>();
        List<Integer> ends = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> entry : records) {
            Point point = Point.parseFrom(entry.value());
            assertThat(entry.key()).isEqualTo(PointKey.of(RUN, point.getBlock()));
            assertThat(entry.partition()).isEqualTo(PointKey.partition(RUN, point.getBlock(), 6));
            partitions.add(entry.partition());
            if (point.hasEnd()) {
                ends.add(point.getEnd().getPoints());
            }
        }
        assertThat(partitions).hasSize(3);
        assertThat(ends).containsExactlyInAnyOrder(17, 17, 9);
        assertThat(report.steps()).isEqualTo(STEPS);
        assertThat(report.lostAnything()).isFalse();
    }

    @Test
    void tellsWorkersHowToMeasureIt() throws Exception {
        RunManifest manifest = Objects.requireNonNull(
                RunManifests.read(Map.of("bootstrap.servers", broker.bootstrapServers()), "lossledger.")
                        .get(RUN));

        assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(manifest.getLastStep()).isEqualTo(STEPS - 1);
        assertThat(manifest.getObjectivesCount()).isEqualTo(11);
        assertThat(manifest.getObjectives(0).getExamples()).isEqualTo(500);
        assertThat(manifest.getTrajectory().getObjectiveExamples()).isEqualTo(500);
        assertThat(manifest.getTrajectory().getStepsInBlock()).isEqualTo(16);
        assertThat(manifest.getTrajectory().getDataFingerprint())
                .isEqualTo(TrainingSet.load(settings).fingerprint());
    }

    @Test
    void theCommandSaysWhatItRecordedAndHowToMeasureIt() throws Exception {
        try (LedgerCommand train = LedgerCommand.run(
                "train", "--record", "--steps", 3, "--run", "c-1", "--wait", 0, "--bootstrap-server", address())) {
            assertThat(train.exitCode()).isZero();
            assertThat(train.output())
                    .contains("recorded: run=c-1 steps=3 ")
                    .contains("not verified: no processor closed the run within 0 s;"
                            + " measure it with: lossledger measure --run c-1\n");
        }
    }

    private static String address() {
        return broker.bootstrapServers();
    }

    /** The parameters before each step; a point between two blocks is there twice. */
    private static Map<Integer, ByteString> points() throws Exception {
        Map<Integer, Map<Integer, ByteString>> blocks = new TreeMap<>();
        for (ConsumerRecord<String, byte[]> entry : records) {
            Point point = Point.parseFrom(entry.value());
            if (point.hasChunk()) {
                blocks.computeIfAbsent(point.getBlock(), block -> new TreeMap<>())
                        .merge(point.getStep(), point.getChunk().getValues(), ByteString::concat);
            }
        }
        Map<Integer, ByteString> points = new TreeMap<>();
        blocks.values().forEach(points::putAll);
        return points;
    }

    private static List<ConsumerRecord<String, byte[]>> read() {
        String topic = LedgerTopic.TRAJECTORY.named("lossledger.");
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address()), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long expected = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
            while (all.size() < expected) {
                consumer.poll(Duration.ofSeconds(1)).forEach(all::add);
            }
            return all;
        }
    }
}
