package io.lossledger.streams.check;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.TensorManifest;
import io.lossledger.protocol.v1.Update;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A run of four steps that obeys the contract, for tests to break: a weight matrix of two units with two inputs, in two
 * chunks, and its two biases. In a step each weight moves by -1 and each bias by -2, all gradients are 1, and the loss falls
 * from 100 by 8. Sums are split into a gradient part of one quarter and a momentum part of three.
 */
final class SentRun {
    static final int STEPS = 4;
    static final int CHUNKS = 3;

    /** Updates with their partitions, in the order in which they were sent. */
    final List<Update.Builder> updates = new ArrayList<>();

    final List<Integer> partitions = new ArrayList<>();
    RunManifest.Builder manifest = manifest();

    SentRun() {
        for (int step = 0; step <= STEPS; step++) {
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                add(step < STEPS ? chunk(step, chunk) : end(chunk), chunk);
            }
        }
    }

    void add(Update.Builder update, int partition) {
        updates.add(update);
        partitions.add(partition);
    }

    Update.Builder update(int step, int chunk) {
        return updates.get(step * CHUNKS + chunk);
    }

    TensorChunk.Builder tensor(int step, int chunk) {
        return update(step, chunk).getTensorChunkBuilder();
    }

    ObjectiveChunk.Builder objective(int step, int chunk) {
        return tensor(step, chunk).getObjectivesBuilder(0);
    }

    AllocationSums.Builder sums(int step, int chunk) {
        return objective(step, chunk).getAllocatedBuilder().getSumsBuilder();
    }

    /** Applies a change to all chunks of a step. */
    void all(int step, Consumer<ObjectiveChunk.Builder> change) {
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            change.accept(objective(step, chunk));
        }
    }

    void remove(int step, int chunk) {
        updates.remove(step * CHUNKS + chunk);
        partitions.remove(step * CHUNKS + chunk);
    }

    List<Finding> check() {
        RunCheck check = new RunCheck(0.01);
        for (int i = 0; i < updates.size(); i++) {
            Update update = updates.get(i).build();
            check.enter(new SentRecord(
                    partitions.get(i), i, UpdateKey.of(update).getBytes(StandardCharsets.UTF_8), update.toByteArray()));
        }
        return check.end(Optional.of(manifest.build()));
    }

    private static Update.Builder head(int step, int chunk) {
        return Update.newBuilder()
                .setRun("r")
                .setSession(7)
                .setStep(step)
                .setTensor(chunk == 2 ? 1 : 0)
                .setChunk(chunk)
                .setChunksInStep(CHUNKS);
    }

    private static Update.Builder end(int chunk) {
        return head(STEPS, chunk).setFinished(RunFinished.newBuilder().setOutcome(RunStatus.RUN_STATUS_FINISHED));
    }

    private static Update.Builder chunk(int step, int chunk) {
        boolean bias = chunk == 2;
        int units = bias ? 2 : 1;
        double moved = bias ? 2 : 1;
        return head(step, chunk)
                .setFacts(StepFacts.newBuilder().setTime(Timestamps.fromMillis(1_700_000_000_000L + step)))
                .setTensorChunk(TensorChunk.newBuilder()
                        .setTensorName(bias ? "b" : "W")
                        .setLayer("fc")
                        .setRole(bias ? ParameterRole.PARAMETER_ROLE_BIAS : ParameterRole.PARAMETER_ROLE_WEIGHT)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                        .setOffset(chunk == 1 ? 2 : 0)
                        .setCount(2)
                        .setParametersPerUnit(bias ? 1 : 2)
                        .addObjectives(ObjectiveChunk.newBuilder()
                                .setName("train")
                                .setWeight(1)
                                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                                .setLossStart(100 - 8 * step)
                                .setLossEnd(92 - 8 * step)
                                .setAllocated(allocated(units, moved))));
    }

    private static AllocatedChunk allocated(int units, double moved) {
        AllocatedChunk.Builder chunk = AllocatedChunk.newBuilder()
                .setRule("simpson-2")
                .setCoarseSums(true)
                .setSums(sums(moved))
                .addParts(AllocatedPart.newBuilder().setName("gradient").setSums(sums(moved / 4)))
                .addParts(AllocatedPart.newBuilder().setName("momentum").setSums(sums(moved * 3 / 4)));
        for (int unit = 0; unit < units; unit++) {
            double lca = -2 * moved / units;
            chunk.addUnitLca(lca);
            chunk.getPartsBuilder(0).addUnitLca(lca / 4);
            chunk.getPartsBuilder(1).addUnitLcaFloat((float) (lca * 3 / 4));
        }
        return chunk.build();
    }

    /** Two parameters that moved against a gradient of 1. */
    private static AllocationSums sums(double moved) {
        return AllocationSums.newBuilder()
                .setParameters(2)
                .setHelped(2)
                .setLca(-2 * moved)
                .setHelp(-2 * moved)
                .setSumOfSquares(2 * moved * moved)
                .setLargestHelp(-moved)
                .setCoarseLca(-2 * moved)
                .setGradientSquares(2)
                .setDeltaSquares(2 * moved * moved)
                .build();
    }

    private static RunManifest.Builder manifest() {
        return RunManifest.newBuilder()
                .setRun("r")
                .setSession(7)
                .setStatus(RunStatus.RUN_STATUS_FINISHED)
                .setLastStep(STEPS - 1)
                .setParameters(6)
                .addLayers(LayerManifest.newBuilder()
                        .setLayer("fc")
                        .addTensors(TensorManifest.newBuilder()
                                .setTensorName("W")
                                .setRole(ParameterRole.PARAMETER_ROLE_WEIGHT)
                                .addShape(2)
                                .addShape(2))
                        .addTensors(TensorManifest.newBuilder()
                                .setTensorName("b")
                                .setRole(ParameterRole.PARAMETER_ROLE_BIAS)
                                .addShape(2)))
                .addObjectives(ObjectiveManifest.newBuilder()
                        .setName("train")
                        .setWeight(1)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED));
    }
}
