package io.lossledger.producer.publish;

import com.google.protobuf.ByteString;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.util.Optional;
import org.apache.commons.lang3.StringUtils;

/** Builds the update records of one run, one chunk at a time. Not thread-safe. */
public final class UpdateBuilder {
    /** About what the sums over one chunk take. */
    private static final int SUMS_BYTES = 200;

    private static final int MAX_REASON_LENGTH = 1_000;

    private final Update header;
    private final ModelLayout layout;
    private final ChunkPlan plan;
    private final int vectors;
    private final UpdateForm form;
    private final ChunkSums sums = new ChunkSums();

    private UpdateBuilder(Update header, ModelLayout layout, ChunkPlan plan, int vectors, UpdateForm form) {
        this.header = header;
        this.layout = layout;
        this.plan = plan;
        this.vectors = vectors;
        this.form = form;
    }

    /** Plans the chunks according to the vectors, or objectives and parts, of the run's first step. */
    static UpdateBuilder forRun(
            RunManifest manifest, long session, ModelLayout layout, StepUpdate first, PublisherSettings settings) {
        int vectors = first.vectors().size();
        ChunkPlan plan = settings.form() == UpdateForm.SUMS
                ? ChunkPlan.ofUnits(layout, unitBytes(first), settings.chunkBytes())
                : ChunkPlan.of(layout, vectors * first.delta().elementBytes(), settings.chunkBytes());
        Update header = Update.newBuilder()
                .setRun(manifest.getRun())
                .setFirstStep(manifest.getFirstStep())
                .setSession(session)
                .setChunksInStep(plan.chunks().size())
                .build();
        return new UpdateBuilder(header, layout, plan, vectors, settings.form());
    }

    /**
     * Builds the updates of a run whose trajectory is recorded: with the chunks that its manifest states, in any order.
     *
     * @param manifest manifest with trajectory and session
     * @param form what the updates contain
     */
    public static UpdateBuilder forTrajectory(RunManifest manifest, ModelLayout layout, UpdateForm form) {
        ChunkPlan plan = ChunkPlan.ofParameters(layout, manifest.getTrajectory().getChunkParameters());
        Update header = Update.newBuilder()
                .setRun(manifest.getRun())
                .setFirstStep(manifest.getFirstStep())
                .setSession(manifest.getSession())
                .setChunksInStep(plan.chunks().size())
                .setAnyOrder(true)
                .build();
        return new UpdateBuilder(header, layout, plan, Integer.MAX_VALUE, form);
    }

    private static int unitBytes(StepUpdate step) {
        return Double.BYTES * step.objectives().size() * (1 + step.parts().size());
    }

    /** The end marker of a run without sent steps. */
    static Update emptyRunEnd(RunManifest manifest, long session, int end, RunFinished marker) {
        return Update.newBuilder()
                .setRun(manifest.getRun())
                .setStep(end)
                .setFirstStep(manifest.getFirstStep())
                .setSession(session)
                .setChunksInStep(1)
                .setFinished(marker)
                .build();
    }

    /** The number of chunks in a step. */
    public int chunks() {
        return plan.chunks().size();
    }

    /** The number of bytes in the vectors of a step, or about that in its sums. */
    long bytes(StepUpdate step) {
        if (form == UpdateForm.SUMS) {
            long units = layout.tensors().stream()
                    .mapToLong(
                            tensor -> tensor.parametersPerUnit() == 0 ? 0 : tensor.count() / tensor.parametersPerUnit())
                    .sum();
            return units * unitBytes(step)
                    + (long) chunks()
                            * step.objectives().size()
                            * SUMS_BYTES
                            * (1 + step.parts().size());
        }
        return layout.parameters() * vectors * step.delta().elementBytes();
    }

    /**
     * Checks that the step fits the run.
     *
     * @throws IllegalArgumentException when a vector has the wrong length or element type, or there are more vectors
     *     than in the run's first step, which determined the chunks
     */
    void require(StepUpdate step) {
        requireVector("delta", step, step.delta());
        for (StepUpdate.Part part : step.parts()) {
            requireVector("part " + part.name(), step, part.delta());
        }
        for (ObjectiveStep objective : step.objectives()) {
            for (FlatVector gradient : objective.gradient().vectors()) {
                requireVector("gradient of " + objective.name(), step, gradient);
            }
            objective
                    .samplingContrast()
                    .ifPresent(contrast -> requireVector("sampling contrast of " + objective.name(), step, contrast));
        }
        if (step.vectors().size() > vectors) {
            throw new IllegalArgumentException("step: must have at most " + vectors
                    + " vectors, as the first step of the run. Found: "
                    + step.vectors().size());
        }
    }

    private void requireVector(String name, StepUpdate step, FlatVector vector) {
        if (vector.length() != layout.vectorLength()
                || vector.elementType() != step.delta().elementType()) {
            throw new IllegalArgumentException(name + ": must have " + layout.vectorLength() + " elements of "
                    + step.delta().elementType() + ". Found: " + vector.length() + " of " + vector.elementType());
        }
    }

    /** One chunk of a step, 0-based. */
    public Update chunk(StepUpdate step, int index) {
        ChunkPlan.Chunk chunk = plan.chunks().get(index);
        TensorLayout tensor = layout.tensors().get(chunk.tensor());
        int from = tensor.offset() + chunk.offset();
        TensorChunk.Builder body = TensorChunk.newBuilder()
                .setTensorName(tensor.name())
                .setLayer(tensor.layer())
                .setLayerIndex(tensor.layerIndex())
                .setRole(tensor.role())
                .setElementType(step.delta().elementType())
                .setOffset(chunk.offset())
                .setCount(chunk.count())
                .setParametersPerUnit(tensor.parametersPerUnit())
                .setFirstUnit(tensor.firstUnit());
        if (form == UpdateForm.SUMS) {
            ChunkSums.Range range =
                    new ChunkSums.Range(from, chunk.count(), chunk.offset(), tensor.parametersPerUnit());
            for (ObjectiveStep objective : step.objectives()) {
                body.addObjectives(head(objective).setAllocated(sums.allocate(step, objective, range)));
            }
        } else {
            addVectors(body, step, from, chunk.count());
        }
        return keyed(index)
                .setStep(step.step())
                .setStepsCovered(step.stepsCovered())
                .setFacts(step.facts())
                .setTensorChunk(body)
                .build();
    }

    private static void addVectors(TensorChunk.Builder body, StepUpdate step, int from, int count) {
        body.setDelta(step.delta().bytes(from, count));
        for (StepUpdate.Part part : step.parts()) {
            body.addParts(UpdatePart.newBuilder()
                    .setName(part.name())
                    .setDelta(part.delta().bytes(from, count)));
        }
        for (ObjectiveStep objective : step.objectives()) {
            body.addObjectives(objectiveChunk(objective, from, count));
        }
    }

    /**
     * The end marker of one chunk.
     *
     * @param step the step after the last one trained
     */
    public Update end(int step, int index, RunFinished marker) {
        return keyed(index).setStep(step).setFinished(marker).build();
    }

    /**
     * The record about a segment that is lost for good.
     *
     * @param step last step of the segment
     * @param stepsCovered optimizer steps that it spans
     * @param reason why, one line
     */
    public Update lost(int step, int stepsCovered, String reason) {
        return header.toBuilder()
                .setStep(step)
                .setStepsCovered(stepsCovered)
                .setLost(SegmentLost.newBuilder().setReason(StringUtils.truncate(reason, MAX_REASON_LENGTH)))
                .build();
    }

    private Update.Builder keyed(int index) {
        return header.toBuilder().setTensor(plan.chunks().get(index).tensor()).setChunk(index);
    }

    private static ObjectiveChunk.Builder head(ObjectiveStep objective) {
        return ObjectiveChunk.newBuilder()
                .setName(objective.name())
                .setWeight(objective.weight())
                .setKind(objective.kind())
                .setLossStart(objective.lossStart())
                .setLossEnd(objective.lossEnd())
                .setCapped(objective.capped());
    }

    private static ObjectiveChunk objectiveChunk(ObjectiveStep objective, int from, int count) {
        ObjectiveChunk.Builder chunk = head(objective);
        objective.samplingContrast().ifPresent(contrast -> chunk.setSamplingContrast(contrast.bytes(from, count)));
        if (objective.gradient() instanceof SegmentGradient.Averaged averaged) {
            chunk.setAveraged(AveragedGradient.newBuilder()
                    .setRule(averaged.rule())
                    .setMean(averaged.mean().bytes(from, count))
                    .setCoarseMean(averaged.coarseMean().bytes(from, count)));
        } else if (objective.gradient() instanceof SegmentGradient.Nodes nodes) {
            for (Optional<FlatVector> node : nodes.nodes()) {
                chunk.getNodesBuilder()
                        .addNode(node.map(gradient -> gradient.bytes(from, count))
                                .orElse(ByteString.EMPTY));
            }
        }
        return chunk.build();
    }
}
