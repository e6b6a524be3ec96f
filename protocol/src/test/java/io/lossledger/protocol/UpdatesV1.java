package io.lossledger.protocol;

import com.google.protobuf.ByteString;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;

/** The updates of the golden files of version 1. They keep the contract, so that they can be booked. */
final class UpdatesV1 {
    private UpdatesV1() {}

    static Update nodes() {
        return header().setTensorChunk(TensorChunk.newBuilder()
                        .setTensorName("1_W")
                        .setLayer("dense-2")
                        .setLayerIndex(1)
                        .setRole(ParameterRole.PARAMETER_ROLE_WEIGHT)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                        .setOffset(10)
                        .setCount(4)
                        .setParametersPerUnit(6)
                        .setFirstUnit(2)
                        .setDelta(floats(0.5f, -0.25f, 0.125f, -0.0625f))
                        .addObjectives(objective()
                                .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                                .setStratum("own")
                                .setNodes(NodeGradients.newBuilder()
                                        .addNode(floats(1, -2, 3, -4))
                                        .addNode(ByteString.EMPTY)
                                        .addNode(floats(5, -6, 7, -8))))
                        .addParts(UpdatePart.newBuilder().setName("gradient").setDelta(floats(0.25f, -0.25f, 0.25f, 0)))
                        .addParts(UpdatePart.newBuilder()
                                .setName("momentum")
                                .setDelta(floats(0.25f, 0, -0.125f, -0.0625f))))
                .build();
    }

    static Update averaged() {
        return header().setTensorChunk(TensorChunk.newBuilder()
                        .setTensorName("1_b")
                        .setLayer("dense-2")
                        .setLayerIndex(1)
                        .setRole(ParameterRole.PARAMETER_ROLE_BIAS)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                        .setOffset(5)
                        .setCount(2)
                        .setDelta(doubles(0.1, -1e-300))
                        .addObjectives(objective()
                                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                                .setAveraged(AveragedGradient.newBuilder()
                                        .setRule("simpson-4")
                                        .setMean(doubles(1.5, -2.5))
                                        .setCoarseMean(doubles(1.25, -2.75)))))
                .build();
    }

    static Update allocated() {
        return header().setTensorChunk(TensorChunk.newBuilder()
                        .setTensorName("1_g")
                        .setLayer("norm-2")
                        .setLayerIndex(1)
                        .setRole(ParameterRole.PARAMETER_ROLE_GAIN)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                        .setOffset(8)
                        .setCount(10)
                        .setParametersPerUnit(6)
                        .setFirstUnit(2)
                        .addObjectives(objective()
                                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                                .setAllocated(AllocatedChunk.newBuilder()
                                        .setRule("trapezoid")
                                        .setSums(sums())
                                        .addUnitLca(-0.75)
                                        .addUnitLca(0.0625))))
                .build();
    }

    static Update end() {
        return header().setFinished(RunFinished.newBuilder().setOutcome(RunStatus.RUN_STATUS_FAILED))
                .build();
    }

    private static Update.Builder header() {
        return Update.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(41)
                .setStepsCovered(2)
                .setFirstStep(7)
                .setTensor(3)
                .setChunk(5)
                .setChunksInStep(9)
                .setSession(0x1234_5678_9abc_def0L)
                .setFacts(StepFacts.newBuilder()
                        .setMinibatchLoss(2.25)
                        .setLearningRate(0.1)
                        .setExamples(64)
                        .setTime(Timestamps.fromMillis(1_767_225_600_123L)));
    }

    private static ObjectiveChunk.Builder objective() {
        return ObjectiveChunk.newBuilder()
                .setName("class=3")
                .setWeight(0.3)
                .setLossStart(2.5)
                .setLossEnd(2.375)
                .setCapped(true);
    }

    private static AllocationSums sums() {
        return AllocationSums.newBuilder()
                .setParameters(10)
                .setHelped(4)
                .setHurt(3)
                .setZero(2)
                .setNonfinite(1)
                .setLca(Double.NEGATIVE_INFINITY)
                .setHelp(-1.25)
                .setHarm(0.5)
                .setSumOfSquares(Double.POSITIVE_INFINITY)
                .setLargestHelp(-0.875)
                .setLargestHarm(0.375)
                .setCoarseLca(Double.NaN)
                .setAbsoluteEstimate(0.015625)
                .build();
    }

    private static ByteString floats(float... vector) {
        return VectorBytes.encode(vector, 0, vector.length);
    }

    private static ByteString doubles(double... vector) {
        return VectorBytes.encode(vector, 0, vector.length);
    }
}
