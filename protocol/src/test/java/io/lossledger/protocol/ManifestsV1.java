package io.lossledger.protocol;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorManifest;

/** The manifests of the golden files of version 1. */
final class ManifestsV1 {
    private ManifestsV1() {}

    static RunManifest running() {
        return ended().toBuilder()
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .clearFailure()
                .clearLastStep()
                .clearEnded()
                .build();
    }

    static RunManifest ended() {
        return RunManifest.newBuilder()
                .setRun("Run_1.a-b")
                .setStatus(RunStatus.RUN_STATUS_INTERRUPTED)
                .setFailure("stopped by \"SIGTERM\"")
                .setModel("784-100-10")
                .addLayers(layer())
                .setParameters(79_510)
                .addObjectives(objective())
                .setRule("simpson-2")
                .setMaxSplits(16)
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                .setEvery(3)
                .setDataSet("glyphs")
                .setOptimizer("sgd(learning-rate=0.1)")
                .setBatchSize(64)
                .setSeed(-2L) // 18446744073709551614: beyond what a JSON number holds exactly
                .setFirstStep(7)
                .setLastStep(41)
                .setSkippedSteps(5)
                .setParentRun("Run_0")
                .setParentStep(6)
                .putVersions("dl4j", "1.0.0-M2.1")
                .setStarted(Timestamps.fromMillis(1_767_225_600_000L))
                .setEnded(Timestamps.fromMillis(1_767_229_200_500L))
                .build();
    }

    private static LayerManifest layer() {
        return LayerManifest.newBuilder()
                .setLayer("dense-2")
                .setKind("DenseLayer")
                .setUnits(100)
                .addTensors(TensorManifest.newBuilder()
                        .setTensorName("1_W")
                        .addShape(784)
                        .addShape(100)
                        .setRole(ParameterRole.PARAMETER_ROLE_OTHER)
                        .setParametersPerUnit(783)
                        .setFirstUnit(2))
                .build();
    }

    private static ObjectiveManifest objective() {
        return ObjectiveManifest.newBuilder()
                .setName("class=3")
                .setWeight(0.3)
                .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                .setStratum("own")
                .setExamples(10_000)
                .setLoss("mcxent")
                .setChunkExamples(500)
                .build();
    }
}
