package io.lossledger.protocol;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.lossledger.protocol.v1.BlockEnd;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.PointChunk;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TensorManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import io.lossledger.protocol.v1.Update;

/** Recorded trajectories, and what workers say of them, as in the golden files of version 1.8. */
final class TrajectoryV1x8 {
    private TrajectoryV1x8() {}

    static Message point() {
        return Point.newBuilder()
                .setRun("golden")
                .setSession(0x0123456789abcdefL)
                .setFirstStep(3)
                .setStepsInBlock(16)
                .setBlock(2)
                .setStep(35)
                .setPath(6)
                .setFacts(StepFacts.newBuilder()
                        .setMinibatchLoss(0.75)
                        .setTime(Timestamp.newBuilder().setSeconds(1_767_225_600)))
                .setChunk(PointChunk.newBuilder()
                        .setChunk(1)
                        .setChunks(3)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                        .setOffset(5)
                        .setCount(2)
                        .setLength(7)
                        .setValues(VectorBytes.encode(new float[] {0.25f, -1.5f}, 0, 2)))
                .build();
    }

    static Message blockEnd() {
        return Point.newBuilder()
                .setRun("golden")
                .setSession(0x0123456789abcdefL)
                .setFirstStep(3)
                .setStepsInBlock(16)
                .setBlock(2)
                .setStep(51)
                .setEnd(BlockEnd.newBuilder().setPoints(17))
                .build();
    }

    static Message segmentLost() {
        return Update.newBuilder()
                .setRun("golden")
                .setSession(0x0123456789abcdefL)
                .setStep(50)
                .setStepsCovered(4)
                .setFirstStep(3)
                .setChunksInStep(5)
                .setAnyOrder(true)
                .setLost(SegmentLost.newBuilder().setReason("the network could not be evaluated"))
                .build();
    }

    static Message recorded() {
        return RunManifest.newBuilder()
                .setRun("golden")
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .addLayers(LayerManifest.newBuilder()
                        .setLayer("dense")
                        .addTensors(
                                TensorManifest.newBuilder().setTensorName("0_b").setOffset(6)))
                .setTrajectory(TrajectoryManifest.newBuilder()
                        .setStepsInBlock(16)
                        .setVectorLength(7)
                        .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                        .setChunkParameters(1_771)
                        .setNetwork("MultiLayerNetwork")
                        .setConfiguration("{\"confs\":[]}")
                        .setDataFingerprint("sha256:00ff")
                        .setObjectiveExamples(5_000)
                        .setRecordedRun("recorded")
                        .setPartitions(6)
                        .setEndStep(50))
                .build();
    }
}
