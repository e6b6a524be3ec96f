package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RejectedUpdateTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                update(
                        "update.run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: a b",
                        u -> u.setRun("a b")),
                update("update.step: must be from 0 to 2147483646. Found: 4294967295", u -> u.setStep(-1)),
                update("update.first_step: must be from 0 to 0. Found: 1", u -> u.setFirstStep(1)),
                update("update.steps_covered: must be from 0 to 1. Found: 2", u -> u.setStepsCovered(2)),
                update("update.chunks_in_step: must be from 1 to 1048576. Found: 0", u -> u.setChunksInStep(0)),
                update("update.chunk: must be from 0 to 1. Found: 2", u -> u.setChunk(2)),
                update(
                        "update.facts.time: must be in the years 1 to 9999. Found: 0 s and -5 ns",
                        u -> u.getFactsBuilder().getTimeBuilder().setNanos(-5)),
                update(
                        "update.session: must be a random number other than 0, the same in all records of a run. Found: 0",
                        Update.Builder::clearSession),
                update(
                        "update.body: must be tensor_chunk, finished, request or lost. Found: none",
                        Update.Builder::clearBody),
                chunk("tensor_chunk.layer: must have 1 to 200 characters. Found: 0", TensorChunk.Builder::clearLayer),
                chunk(
                        "tensor_chunk.layer_index: must be from 0 to 1048575. Found: 4294967295",
                        c -> c.setLayerIndex(-1)),
                chunk("tensor_chunk.count: must be from 1 to 268435456. Found: 0", TensorChunk.Builder::clearCount),
                chunk("tensor_chunk.delta: must have 40 bytes (5 elements). Found: 32", c -> c.setCount(5)),
                chunk(
                        "tensor_chunk.element_type: must be FLOAT32 or FLOAT64. Found: ELEMENT_TYPE_UNSPECIFIED",
                        TensorChunk.Builder::clearElementType),
                chunk(
                        "tensor_chunk.delta: must have 16 bytes (4 elements). Found: 32",
                        c -> c.setElementType(ElementType.ELEMENT_TYPE_FLOAT32)),
                chunk(
                        "tensor_chunk: units must be below 4194304. Found: unit 4294967296 of its last parameter",
                        c -> c.setFirstUnit(-1)),
                chunk(
                        "tensor_chunk.offset: must be below 2^63 - 2^28. Found: 18446744073709551615",
                        c -> c.setOffset(-1)),
                chunk("tensor_chunk.delta: must have 32 bytes (4 elements). Found: 0", TensorChunk.Builder::clearDelta),
                chunk(
                        "tensor_chunk.objectives (number): must be from 1 to 1024. Found: 0",
                        TensorChunk.Builder::clearObjectives),
                chunk(
                        "objective.name: must be unique with its stratum. Found twice: train",
                        c -> c.addObjectives(c.getObjectives(0))),
                objective("objective.name: must have 1 to 200 characters. Found: 0", ObjectiveChunk.Builder::clearName),
                objective(
                        "objective.gradient: must be nodes, averaged or allocated. Found: none",
                        ObjectiveChunk.Builder::clearGradient),
                objective(
                        "objective.nodes (number): must be from 2 to 33. Found: 0",
                        o -> o.getNodesBuilder().clearNode()),
                objective(
                        "objective.nodes.node: must have 32 bytes (4 elements). Found: 1",
                        o -> o.getNodesBuilder().setNode(1, ByteString.copyFrom(new byte[1]))),
                objective(
                        "objective.nodes: must hold the nodes of at least one quadrature rule. Found: none complete",
                        o -> o.getNodesBuilder().setNode(0, ByteString.EMPTY).setNode(1, ByteString.EMPTY)),
                objective(
                        "averaged.rule: must be simpson-2 ... simpson-32, midpoint, trapezoid or first-order. Found: rk9",
                        o -> o.setAveraged(AveragedGradient.newBuilder().setRule("rk9"))),
                objective(
                        "averaged.mean: must have 32 bytes (4 elements). Found: 0",
                        o -> o.setAveraged(AveragedGradient.newBuilder().setRule("simpson-4"))),
                objective(
                        "allocated.sums: parameters and their four classes must add up to 4. Found: 4 and 3",
                        o -> o.setAllocated(AllocatedChunk.newBuilder()
                                .setRule("simpson-4")
                                .setSums(AllocationSums.newBuilder()
                                        .setParameters(4)
                                        .setHurt(3)))),
                objective(
                        "allocated.sums.gradient_squares: must not be negative. Found: -1.0",
                        o -> o.setAllocated(AllocatedChunk.newBuilder()
                                .setRule("simpson-4")
                                .setSums(AllocationSums.newBuilder()
                                        .setParameters(4)
                                        .setHurt(4)
                                        .setGradientSquares(-1)))),
                objective(
                        "allocated.sums.delta_squares: must not be negative. Found: -Infinity",
                        o -> o.setAllocated(AllocatedChunk.newBuilder()
                                .setRule("simpson-4")
                                .setSums(AllocationSums.newBuilder()
                                        .setParameters(4)
                                        .setHurt(4)
                                        .setDeltaSquares(Double.NEGATIVE_INFINITY)))),
                objective(
                        "allocated.unit_lca: must have 2 elements, one for each unit of the chunk. Found: 0",
                        o -> o.setAllocated(AllocatedChunk.newBuilder()
                                .setRule("simpson-4")
                                .setSums(AllocationSums.newBuilder()
                                        .setParameters(4)
                                        .setHurt(4)))),
                objective(
                        "allocated.unit_lca: must be empty when unit_lca_float is not. Found: 2 elements",
                        o -> o.setAllocated(sums().addUnitLcaFloat(1).addUnitLcaFloat(1))),
                objective(
                        "allocated.parts.name: must be unique. Found twice: momentum",
                        o -> o.setAllocated(sums().addParts(part()).addParts(part()))),
                objective(
                        "allocated.parts.sums: parameters and their four classes must add up to 4. Found: 4 and 5",
                        o -> {
                            AllocatedPart.Builder part = part();
                            part.getSumsBuilder().setHelped(1);
                            o.setAllocated(sums().addParts(part));
                        }),
                objective(
                        "allocated.parts.unit_lca: must have 2 elements, one for each unit of the chunk. Found: 0",
                        o -> o.setAllocated(sums().addParts(part().clearUnitLca()))),
                objective(
                        "objective.sampling_contrast: must be empty when allocated.sampling_error is set. Found: 32 bytes",
                        o -> o.setAllocated(sums().setSamplingError(1))
                                .setSamplingContrast(ByteString.copyFrom(new byte[32]))),
                chunk(
                        "objective.parts: must be the same for all objectives of a chunk, []. Found: [momentum] for other",
                        c -> c.addObjectives(
                                ObjectiveChunk.newBuilder().setName("other").setAllocated(sums().addParts(part())))),
                chunk("allocated.parts: must be those of the chunk, [momentum]. Found: []", c -> {
                    c.addParts(UpdatePart.newBuilder().setName("momentum").setDelta(c.getDelta()));
                    c.getObjectivesBuilder(0).setAllocated(sums());
                }));
    }

    private static AllocatedChunk.Builder sums() {
        return AllocatedChunk.newBuilder()
                .setRule("simpson-4")
                .setSums(AllocationSums.newBuilder().setParameters(4).setHurt(4))
                .addUnitLca(1)
                .addUnitLca(2);
    }

    private static AllocatedPart.Builder part() {
        return AllocatedPart.newBuilder()
                .setName("momentum")
                .setSums(sums().getSums())
                .addUnitLca(1)
                .addUnitLca(2);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void setsAsideWithItsReasonAndItsBytes(String reason, Update fault) {
        byte[] key = UpdateKey.of(fault).getBytes(StandardCharsets.UTF_8);
        ledger.send(key, fault.toByteArray());

        TestRecord<byte[], byte[]> letter = ledger.rejected().get(0);
        assertThat(header(letter, "lossledger.reason")).isEqualTo(reason);
        assertThat(header(letter, "lossledger.topic")).isEqualTo("lossledger.update");
        assertThat(header(letter, "lossledger.partition")).isEqualTo("0");
        assertThat(header(letter, "lossledger.offset")).isEqualTo("0");
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo(fault.toByteArray());
        assertThat(ledger.metric("dropped-records-total")).isEqualTo(1);
    }

    @Test
    void continuesWithTheNextRecord() {
        ledger.send(new byte[0], new byte[] {1, 2, 3});
        ledger.send(Updates.step("r", 0, 1));

        assertThat(ledger.rejected()).hasSize(1);
        assertThat(ledger.steps()).hasSize(1);
    }

    @Test
    void rejectsARecordWithTheWrongKey() {
        Update update = Updates.step("r", 0, 1)[0];
        ledger.send("r|0|1".getBytes(StandardCharsets.UTF_8), update.toByteArray());

        assertThat(header(ledger.rejected().get(0), "lossledger.reason"))
                .isEqualTo("record key: must be r|0|0. Found: r|0|1");
    }

    @Test
    void rejectsARecordWithoutAValue() {
        ledger.send("r|0|0".getBytes(StandardCharsets.UTF_8), null);

        assertThat(header(ledger.rejected().get(0), "lossledger.reason"))
                .isEqualTo("update: must have a value. Found: null");
    }

    /** Seeded: bits flipped, tails lost. Each record is rejected or booked into rows; none stops the ledger. */
    @Test
    void survivesTenThousandDamagedRecords() {
        Random random = new Random(42);
        Update good = Updates.step("r", 0, 1)[0].toBuilder()
                .setChunksInStep(1)
                .setFacts(StepFacts.newBuilder().setMinibatchLoss(1).setTime(Timestamps.fromMillis(1_700_000_000_000L)))
                .build();
        int booked = 0;
        int rejected = 0;
        for (int i = 0; i < 10_000; i++) {
            String run = "run-" + i;
            byte[] bytes = good.toBuilder().setRun(run).build().toByteArray();
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            byte[] damaged = Arrays.copyOf(bytes, length);
            for (int flips = random.nextInt(4); flips > 0 && length > 0; flips--) {
                damaged[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
            }
            ledger.send((run + "|0|0").getBytes(StandardCharsets.UTF_8), damaged);
            booked += ledger.steps().size();
            rejected += ledger.rejected().size();
        }

        // Some damage turns a record into a valid one of a step that waits for more chunks.
        assertThat(booked).isGreaterThan(1_000);
        assertThat(rejected).isGreaterThan(1_000);
        assertThat(booked + rejected).isBetween(9_000, 10_000);
        ledger.send(Updates.step("other", 0, 1));
        assertThat(ledger.steps()).hasSize(1);
    }

    private static Arguments update(String reason, Consumer<Update.Builder> fault) {
        Update.Builder update = Updates.step("r", 0, 1)[0].toBuilder();
        fault.accept(update);
        return Arguments.of(reason, update.build());
    }

    private static Arguments chunk(String reason, Consumer<TensorChunk.Builder> fault) {
        return update(reason, update -> fault.accept(update.getTensorChunkBuilder()));
    }

    private static Arguments objective(String reason, Consumer<ObjectiveChunk.Builder> fault) {
        return chunk(reason, chunk -> fault.accept(chunk.getObjectivesBuilder(0)));
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
