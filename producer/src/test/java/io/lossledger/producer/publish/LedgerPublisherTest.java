package io.lossledger.producer.publish;

import static io.lossledger.producer.publish.PublishedSteps.LAYOUT;
import static io.lossledger.producer.publish.PublishedSteps.PATIENCE;
import static io.lossledger.producer.publish.PublishedSteps.facts;
import static io.lossledger.producer.publish.PublishedSteps.objective;
import static io.lossledger.producer.publish.PublishedSteps.run;
import static io.lossledger.producer.publish.PublishedSteps.settings;
import static io.lossledger.producer.publish.PublishedSteps.step;
import static io.lossledger.producer.publish.PublishedSteps.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class LedgerPublisherTest {
    private final MockProducer<String, byte[]> kafka =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

    @Test
    void sendsEveryBookedParameterOnceInRecordsOfLimitedSize() {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(0));

        boolean[] covered = new boolean[LAYOUT.vectorLength()];
        List<Update> updates = updates();
        for (Update update : updates) {
            TensorChunk chunk = update.getTensorChunk();
            TensorLayout tensor = LAYOUT.tensors().get(update.getTensor());
            var delta = chunk.getDelta()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            for (int i = 0; i < chunk.getCount(); i++) {
                int flat = tensor.offset() + (int) chunk.getOffset() + i;
                assertThat(delta.get(i)).isEqualTo(flat);
                assertThat(covered[flat]).isFalse();
                covered[flat] = true;
            }
            assertThat(update.getChunksInStep()).isEqualTo(updates.size());
            assertThat(update.getSerializedSize()).isLessThan(4096 + 300);
        }
        for (int flat = 0; flat < covered.length; flat++) {
            assertThat(covered[flat]).isEqualTo(flat < 1000 || flat >= 1007);
        }
    }

    @Test
    void keepsEachChunksKeyInEveryStep() {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(0));
        publisher.publish(step(1));

        List<ProducerRecord<String, byte[]>> sent = sent("lossledger.update");
        int chunks = sent.size() / 2;
        for (int chunk = 0; chunk < chunks; chunk++) {
            assertThat(sent.get(chunk + chunks).key()).isEqualTo(sent.get(chunk).key());
            assertThat(sent.get(chunk).key()).isEqualTo(UpdateKey.of(updates().get(chunk)));
        }
    }

    @Test
    void endsEveryChunkAndTheManifest() throws InvalidProtocolBufferException {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(0));
        int chunks = updates().size();
        publisher.finish(RunStatus.RUN_STATUS_INTERRUPTED, 1, "");

        List<Update> ends = updates().stream().filter(Update::hasFinished).toList();
        assertThat(ends).hasSize(chunks);
        assertThat(ends).extracting(Update::getStep).containsOnly(1);
        assertThat(ends).extracting(Update::getChunk).doesNotHaveDuplicates();
        List<ProducerRecord<String, byte[]>> manifests = sent("lossledger.run");
        assertThat(manifest(manifests.get(0)).getStatus()).isEqualTo(RunStatus.RUN_STATUS_RUNNING);
        RunManifest last = manifest(manifests.get(manifests.size() - 1));
        assertThat(last.getStatus()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        assertThat(last.getSession()).isEqualTo(updates().get(0).getSession()).isNotZero();
        assertThat(last.getLastStep()).isZero();
        assertThat(last.getParameters()).isEqualTo(1010);
    }

    @Test
    void endsARunWithoutSteps() {
        publisher(4096).finish(RunStatus.RUN_STATUS_FAILED, 0, "no data");

        assertThat(updates()).hasSize(1);
        assertThat(updates().get(0).hasFinished()).isTrue();
        assertThat(updates().get(0).getChunksInStep()).isEqualTo(1);
    }

    @Test
    void reportsEveryFiveSecondsHowFarTheTrainingIs() throws InvalidProtocolBufferException {
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 7_000_000_000L); // it may overflow
        LedgerPublisher publisher = publisher(4096, clock::get);
        for (int step = 0; step < 12; step++) {
            publisher.publish(step(step));
            clock.addAndGet(1_000_000_000L);
        }
        List<Integer> reported = new ArrayList<>();
        for (ProducerRecord<String, byte[]> record : sent("lossledger.run")) {
            RunManifest manifest = manifest(record);
            assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_RUNNING);
            if (manifest.hasSentStep()) {
                reported.add(manifest.getSentStep());
                assertThat(manifest.getSentTime().getSeconds())
                        .isGreaterThanOrEqualTo(manifest.getStarted().getSeconds());
            }
        }
        assertThat(reported).containsExactly(0, 5, 10);
    }

    @Test
    void tellsOfSkippedStepsInTheManifest() throws InvalidProtocolBufferException {
        LedgerPublisher publisher = publisher(4096);
        publisher.skip(3, SkipReason.BEHIND);
        publisher.skip(2, SkipReason.FAILED);
        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 5, "");

        assertThat(manifest(sent("lossledger.run").get(1)).getSkippedSteps()).isEqualTo(5);
    }

    @Test
    void sendsPartsAveragesAndTheSamplingContrast() {
        float[] vector = new float[LAYOUT.vectorLength()];
        vector[1009] = 7;
        FlatVector flat = FlatVector.of(vector);
        ObjectiveStep sampled = new ObjectiveStep(
                "sampled",
                1,
                ObjectiveKind.OBJECTIVE_KIND_SAMPLED,
                1,
                0,
                new SegmentGradient.Averaged("simpson-4", flat, flat),
                true,
                Optional.of(flat));
        publisher(4096)
                .publish(new StepUpdate(
                        0, 1, flat, List.of(new StepUpdate.Part("momentum", flat)), List.of(sampled), facts()));

        Update last = updates().get(updates().size() - 1);
        TensorChunk biases = last.getTensorChunk();
        assertThat(biases.getTensorName()).isEqualTo("0_b");
        assertThat(biases.getParts(0).getName()).isEqualTo("momentum");
        assertThat(biases.getParts(0).getDelta()).isEqualTo(biases.getDelta());
        assertThat(biases.getObjectives(0).getAveraged().getRule()).isEqualTo("simpson-4");
        assertThat(biases.getObjectives(0).getAveraged().getMean()).isEqualTo(biases.getDelta());
        assertThat(biases.getObjectives(0).getAveraged().getCoarseMean()).isEqualTo(biases.getDelta());
        assertThat(biases.getObjectives(0).getSamplingContrast()).isEqualTo(biases.getDelta());
        assertThat(biases.getObjectives(0).getKind()).isEqualTo(ObjectiveKind.OBJECTIVE_KIND_SAMPLED);
    }

    @Test
    void refusesAStepWithMoreVectorsThanTheFirst() {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(0));
        StepUpdate more = step(1);
        List<StepUpdate.Part> parts = List.of(new StepUpdate.Part("gradient", more.delta()));

        assertThatThrownBy(
                        () -> publisher.publish(new StepUpdate(1, 1, more.delta(), parts, more.objectives(), facts())))
                .hasMessage("step: must have at most 4 vectors, as the first step of the run. Found: 5");
    }

    @Test
    void namesAVectorOfTheWrongLength() {
        FlatVector shorter = FlatVector.of(new float[5]);

        assertThatThrownBy(() -> publisher(4096).publish(new StepUpdate(0, 1, shorter, List.of(), facts())))
                .hasMessage("delta: must have 1017 elements of ELEMENT_TYPE_FLOAT32. Found: 5 of ELEMENT_TYPE_FLOAT32");
    }

    @Test
    void namesAGradientOfAnotherElementType() {
        StepUpdate good = step(0);
        ObjectiveStep mixed = objective(FlatVector.of(new double[LAYOUT.vectorLength()]));

        assertThatThrownBy(() -> publisher(4096).publish(new StepUpdate(0, 1, good.delta(), List.of(mixed), facts())))
                .hasMessage("gradient of train: must have 1017 elements of ELEMENT_TYPE_FLOAT32."
                        + " Found: 1017 of ELEMENT_TYPE_FLOAT64");
    }

    @Test
    void refusesStepsThatDoNotGrow() {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(3));

        assertThatThrownBy(() -> publisher.publish(step(3)))
                .hasMessage("step: must begin at step 4 or later. Found: 1 steps to step 3");
    }

    @Test
    void refusesStepsAfterTheEnd() {
        LedgerPublisher publisher = publisher(4096);
        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 0, "");

        assertThatThrownBy(() -> publisher.publish(step(0))).hasMessage("The run r is finished");
    }

    @Test
    void namesAChunkSizeThatDoesNotFitIntoARecord() {
        assertThatThrownBy(() -> settings(1 << 20))
                .hasMessage(
                        "chunk.bytes: must be at most 1032192, max.request.size less 16 KiB for the rest of a record."
                                + " Found: 1048576");
        assertThat(new PublisherSettings("", 1 << 20, PATIENCE, Map.of("max.request.size", "2097152")).chunkBytes())
                .isEqualTo(1 << 20);
    }

    @Test
    void marksEveryRecordOfARunWithOneSession() {
        LedgerPublisher publisher = publisher(4096);
        publisher.publish(step(0));
        publisher.finish(RunStatus.RUN_STATUS_FINISHED, 1, "");

        assertThat(updates())
                .extracting(Update::getSession)
                .doesNotContain(0L)
                .containsOnly(updates().get(0).getSession());
    }

    @Test
    void namesAChunkSizeThatIsTooSmall() {
        assertThatThrownBy(() -> settings(100)).hasMessage("chunk.bytes: must be at least 1024. Found: 100");
    }

    private LedgerPublisher publisher(int chunkBytes) {
        return publisher(chunkBytes, System::nanoTime);
    }

    private LedgerPublisher publisher(int chunkBytes, LongSupplier clock) {
        return new LedgerPublisher(kafka, settings(chunkBytes), run(), LAYOUT, clock);
    }

    private List<ProducerRecord<String, byte[]>> sent(String topic) {
        return kafka.history().stream()
                .filter(record -> record.topic().equals(topic))
                .toList();
    }

    private List<Update> updates() {
        List<Update> updates = new ArrayList<>();
        for (ProducerRecord<String, byte[]> record : sent("lossledger.update")) {
            updates.add(update(record));
        }
        return updates;
    }

    private static RunManifest manifest(ProducerRecord<String, byte[]> record) throws InvalidProtocolBufferException {
        RunManifest.Builder manifest = RunManifest.newBuilder();
        RowFormat.JSON.merge(record.value(), manifest);
        return manifest.build();
    }
}
