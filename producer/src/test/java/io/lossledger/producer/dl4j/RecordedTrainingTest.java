package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.RecordSettings.WhenBehind;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.producer.trajectory.DeclaredObjective;
import io.lossledger.producer.trajectory.ReadBlocks;
import io.lossledger.producer.trajectory.ReadBlocks.Block;
import io.lossledger.producer.trajectory.ReadBlocks.Whole;
import io.lossledger.producer.trajectory.TrajectorySettings;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A training that is recorded, and what workers are told about it. */
class RecordedTrainingTest {
    private static final int CHUNK_BYTES = 1024;

    private MockProducer<String, byte[]> kafka = TestPublishers.memory(3);
    private final List<RunManifest> manifests = new ArrayList<>();

    /** Against the same training without a ledger. */
    @ParameterizedTest
    @CsvSource({"FLOAT, 0, 1, 20", "DOUBLE, 0, 1, 17", "FLOAT, 7, 3, 100", "DOUBLE, 5, 2, 1"})
    void pointsAreTheParametersOfTheTrainingToTheBit(DataType type, int firstStep, int every, int steps) {
        MultiLayerNetwork alone = TestNetworks.dense(type, 0.01, 0.8);
        Nd4j.getRandom().setSeed(3);
        List<FlatVector> expected = new ArrayList<>(List.of(FlatArrays.copy(alone.params())));
        for (int step = 0; step < steps; step++) {
            alone.fit(TestNetworks.data(20, step));
            expected.add(FlatArrays.copy(alone.params()));
        }

        MultiLayerNetwork recorded = TestNetworks.dense(type, 0.01, 0.8);
        Nd4j.getRandom().setSeed(3);
        PublishReport report = record(recorded, builder(firstStep, every), steps);

        assertThat(recorded.params().toDoubleVector()).isEqualTo(alone.params().toDoubleVector());
        Map<Integer, Block> blocks = ReadBlocks.of(kafka.history());
        assertThat(blocks).hasSize((steps + 16 * every - 1) / (16 * every));
        List<Integer> sent = new ArrayList<>();
        for (Block block : blocks.values()) {
            for (Whole point : block.points()) {
                sent.add(point.step());
                FlatVector there = expected.get(point.step() - firstStep);
                ByteString bits = there.bytes(0, there.length());
                assertThat(point.values())
                        .as("point before step %d", point.step())
                        .isEqualTo(bits);
                assertThat(point.first().getChunk().getElementType()).isEqualTo(there.elementType());
            }
        }
        assertThat(sent).startsWith(firstStep).endsWith(firstStep + steps).isSorted();
        assertThat(report.steps()).isEqualTo((steps + every - 1) / every);
        assertThat(report.skippedSteps()).isZero();
        assertThat(endMarkers()).allMatch(marker -> marker.getStep() == firstStep + steps && marker.getAnyOrder());
    }

    /** So that its sums have the same bits. */
    @ParameterizedTest
    @CsvSource({"RK4, 2", "RK4, 8", "FIRST_ORDER, 2"})
    void statesObjectivesAndChunksAsIfItMeasured(MeasureSettings.Rule rule, int maxSplits) {
        for (ElementType type : List.of(ElementType.ELEMENT_TYPE_FLOAT32, ElementType.ELEMENT_TYPE_FLOAT64)) {
            MeasureSettings measure = new MeasureSettings(type, rule, maxSplits, 1e-6, 0.01, 0);
            MultiLayerNetwork network = TestNetworks.dense(DataType.FLOAT, 0, 1);
            LedgerBuilder builder = LossLedger.to("nowhere:1")
                    .run("r")
                    .publishing(new PublisherSettings("lossledger.", CHUNK_BYTES, Duration.ZERO, Map.of()))
                    .measure(measure)
                    .train(TestNetworks.data(30, 9))
                    .objective("validation", TestNetworks.data(7, 3));
            record(network, builder, 1);
            List<Integer> live = updates(kafka).stream()
                    .filter(Update::hasTensorChunk)
                    .map(update -> update.getTensorChunk().getCount())
                    .toList();
            record(network, builder.record(), 1);

            RunManifest measured = manifests.get(manifests.size() - 2);
            RunManifest recorded = manifests.get(manifests.size() - 1);
            assertThat(live).contains(recorded.getTrajectory().getChunkParameters());
            assertThat(endMarkers()).hasSameSizeAs(live);
            assertThat(recorded.toBuilder().clearTrajectory().build())
                    .isEqualTo(measured.toBuilder().clearEvaluator().build());
        }
    }

    @Test
    void tellsWorkersHowToMeasure() {
        MultiLayerNetwork network = TestNetworks.dense(DataType.DOUBLE, 0, 1);
        LedgerBuilder builder = builder(0, 5)
                .record(new TrajectorySettings("sha256:1", 12, List.of(new DeclaredObjective("train", 0.5, 9))));
        record(network, builder, 1);

        RunManifest manifest = manifests.get(0);
        assertThat(manifest.getTrajectory().getStepsInBlock()).isEqualTo(80);
        assertThat(manifest.getTrajectory().getVectorLength()).isEqualTo((int) network.numParams());
        assertThat(manifest.getTrajectory().getElementType()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT64);
        assertThat(manifest.getTrajectory().getNetwork()).isEqualTo("MultiLayerNetwork");
        assertThat(MultiLayerConfiguration.fromJson(manifest.getTrajectory().getConfiguration()))
                .isEqualTo(TestNetworks.dense(DataType.DOUBLE, 0, 1).getLayerWiseConfigurations());
        assertThat(manifest.getTrajectory().getDataFingerprint()).isEqualTo("sha256:1");
        assertThat(manifest.getTrajectory().getObjectiveExamples()).isEqualTo(12);
        assertThat(manifest.getObjectivesList())
                .containsExactly(ObjectiveManifest.newBuilder()
                        .setName("train")
                        .setWeight(0.5)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .setExamples(9)
                        .setChunkExamples(9)
                        .setLoss("mcxent")
                        .build());
        assertThat(manifest.getEvaluator()).isEmpty();
        assertThat(manifest.getLayers(0).getTensors(1).getOffset())
                .as("the biases after the weights into 7 units")
                .isEqualTo(7L * TestNetworks.INPUTS);
    }

    @Test
    void declaresNoObjectiveUnlessToldTo() {
        record(TestNetworks.dense(DataType.FLOAT, 0, 1), builder(0, 1), 0);

        assertThat(manifests.get(0).getObjectivesList()).isEmpty();
        assertThat(ReadBlocks.of(kafka.history())).isEmpty();
        assertThat(endMarkers()).isNotEmpty().allMatch(marker -> marker.getStep() == 0);
    }

    @Test
    void handsRecordedSegmentsToAnObserver() {
        List<TrainedSegment> segments = new CopyOnWriteArrayList<>();
        record(TestNetworks.dense(DataType.FLOAT, 0, 1), builder(0, 2).recorded(segments::add), 5);

        assertThat(segments).extracting(TrainedSegment::step).containsExactly(1, 3, 4);
    }

    @Test
    void refusesWhatOnlyTheTrainerCanMeasure() {
        assertRefused(
                builder(0, 1).parts(),
                "parts: must not be used when a training is recorded, because only its own machine can split updates."
                        + " Found: parts()");
        assertRefused(
                builder(0, 1).sampled("all", SampleSource.of(TestNetworks.data(30, 9), 10, 1)),
                "objective: must be over fixed data when a training is recorded, because workers measure it. Found:"
                        + " the sampled objective all");
        assertRefused(
                builder(0, 1).objective(pool -> pool.objective("mine", 1, TestNetworks.data(30, 9))),
                "objective: must be over fixed data when a training is recorded, because workers measure it. Found:"
                        + " a function of the evaluation pool");
        assertRefused(
                builder(0, 1).train(TestNetworks.data(30, 9)).train(TestNetworks.data(30, 9)),
                "objectives: must be at least one, each with a name of its own. Found: [train, train]");
    }

    private void assertRefused(LedgerBuilder builder, String message) {
        assertThatThrownBy(() -> record(TestNetworks.dense(DataType.FLOAT, 0, 1), builder, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(kafka.history()).isEmpty();
    }

    private static LedgerBuilder builder(int firstStep, int every) {
        return LossLedger.to("nowhere:1")
                .run("r")
                .record()
                .recording(new RecordSettings(firstStep, every, 4, WhenBehind.WAIT));
    }

    private PublishReport record(MultiLayerNetwork network, LedgerBuilder builder, int steps) {
        kafka = TestPublishers.memory(3);
        try (LossLedger ledger = builder.attach(network, run -> {
            manifests.add(run.manifest());
            return TestPublishers.into(kafka, run.manifest(), run.layout(), CHUNK_BYTES);
        })) {
            for (int step = 0; step < steps; step++) {
                network.fit(TestNetworks.data(20, step));
            }
            return ledger.finish();
        }
    }

    private List<Update> endMarkers() {
        return updates(kafka).stream().filter(Update::hasFinished).toList();
    }

    private static List<Update> updates(MockProducer<String, byte[]> producer) {
        List<Update> updates = new ArrayList<>();
        for (var entry : producer.history()) {
            if (entry.topic().equals("lossledger.update")) {
                try {
                    updates.add(Update.parseFrom(entry.value()));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return updates;
    }
}
