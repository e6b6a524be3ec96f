package io.lossledger.protocol;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.PartTotal;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunRequest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the golden files hold, as built in code: per version of the contract, by file name without its ending. A version is
 * never changed; a new field comes with a new one.
 */
final class GoldenMessages {
    static final Map<String, Map<String, Message>> VERSIONS = Map.of(
            "v1",
            version1(),
            "v1.1",
            version1x1(),
            "v1.2",
            version1x2(),
            "v1.3",
            version1x3(),
            "v1.4",
            version1x4(),
            "v1.5",
            version1x5(),
            "v1.6",
            version1x6(),
            "v1.7",
            version1x7(),
            "v1.8",
            version1x8());

    private GoldenMessages() {}

    private static Map<String, Message> version1() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-nodes", UpdatesV1.nodes());
        messages.put("Update-averaged", UpdatesV1.averaged());
        messages.put("Update-allocated", UpdatesV1.allocated());
        messages.put("Update-end", UpdatesV1.end());
        messages.put("RunManifest", ManifestsV1.ended());
        messages.put("RunManifest-running", ManifestsV1.running());
        messages.put("LayerRow", RowsV1.layer());
        messages.put("UnitRow", RowsV1.unit());
        messages.put("StepRow", RowsV1.step());
        messages.put("WindowRow", RowsV1.window());
        messages.put("WindowRow-steps", windowOf(WindowKind.WINDOW_KIND_STEPS));
        messages.put("WindowRow-time", windowOf(WindowKind.WINDOW_KIND_TIME));
        messages.put("MomentRow", RowsV1.moment());
        messages.put("AlertRow", RowsV1.alert());
        messages.put(
                "AlertRow-closed",
                RowsV1.alert().toBuilder()
                        .setState(AlertState.ALERT_STATE_CLOSED)
                        .build());
        messages.put("ParameterRow", RowsV1.parameter());
        return messages;
    }

    /** Sampled objectives, splits, and the settings of refinement. */
    private static Map<String, Message> version1x1() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-sampled", sampled());
        messages.put(
                "LayerRow", RowsV1.layer().toBuilder().setSamplingError(28.28).build());
        messages.put("StepRow", step());
        messages.put("RunManifest", refined());
        return messages;
    }

    /** Sign changes of windows, how a moment was judged, strata of alerts, parts of parameter rows. */
    private static Map<String, Message> version1x2() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("WindowRow", RowsV1.window().toBuilder().setSignChanges(39).build());
        messages.put("MomentRow", moment());
        messages.put("AlertRow", alert());
        messages.put("ParameterRow", parameter());
        return messages;
    }

    /** What evaluates. */
    private static Map<String, Message> version1x3() {
        return Map.of("RunManifest", evaluated());
    }

    /** What a person should know. */
    private static Map<String, Message> version1x4() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-warning", warning());
        messages.put(
                "RunManifest",
                evaluated().toBuilder().addWarnings("A warning of the trainer").build());
        return messages;
    }

    /** Requests to end and delete runs. */
    private static Map<String, Message> version1x5() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-request-end", request(RunAction.RUN_ACTION_END));
        messages.put("Update-request-delete", request(RunAction.RUN_ACTION_DELETE));
        messages.put(
                "RunManifest",
                evaluated().toBuilder().setSession(0x0123456789abcdefL).build());
        messages.put(
                "RunManifest-deleted",
                RunManifest.newBuilder()
                        .setRun("golden")
                        .setStatus(RunStatus.RUN_STATUS_DELETED)
                        .setEnded(ManifestsV1.ended().getEnded())
                        .build());
        messages.put(
                "WindowRow-deleted",
                WindowRow.newBuilder()
                        .setRun("golden")
                        .setKind(WindowKind.WINDOW_KIND_RUN)
                        .setOutcome(RunStatus.RUN_STATUS_DELETED)
                        .build());
        return messages;
    }

    /** Norms and cosines of layers, losses at the ends of windows, progress of a run. */
    private static Map<String, Message> version1x6() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-allocated", squared());
        messages.put("LayerRow", layer());
        messages.put("WindowRow", window());
        messages.put(
                "RunManifest",
                evaluated().toBuilder()
                        .setPlannedSteps(400)
                        .setSentStep(214)
                        .setSentTime(Timestamp.newBuilder().setSeconds(1_700_000_031))
                        .build());
        return messages;
    }

    /** Sums with their sampling error, their parts and units in single precision; buckets. */
    private static Map<String, Message> version1x7() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Update-allocated", partsInSums());
        messages.put("BucketRow", bucket());
        return messages;
    }

    /** Recorded trajectories, and what workers measure of them. */
    private static Map<String, Message> version1x8() {
        Map<String, Message> messages = new LinkedHashMap<>();
        messages.put("Point", TrajectoryV1x8.point());
        messages.put("Point-end", TrajectoryV1x8.blockEnd());
        messages.put(
                "Update-any-order",
                UpdatesV1.averaged().toBuilder().setAnyOrder(true).build());
        messages.put("Update-lost", TrajectoryV1x8.segmentLost());
        messages.put("RunManifest", TrajectoryV1x8.recorded());
        return messages;
    }

    private static Message partsInSums() {
        Update.Builder update = squared().toBuilder();
        AllocatedChunk.Builder allocated =
                update.getTensorChunkBuilder().getObjectivesBuilder(0).getAllocatedBuilder();
        AllocationSums sums = allocated.getSums();
        allocated
                .setSamplingError(-0.03125)
                .setCoarseSums(false)
                .clearUnitLca()
                .addUnitLcaFloat(-0.75f)
                .addUnitLcaFloat(0.0625f)
                .addParts(AllocatedPart.newBuilder()
                        .setName("gradient")
                        .setSums(sums)
                        .addUnitLca(-0.5)
                        .addUnitLca(0.125))
                .addParts(AllocatedPart.newBuilder()
                        .setName("momentum")
                        .setSums(sums)
                        .addUnitLcaFloat(-0.25f)
                        .addUnitLcaFloat(-0.0625f));
        return update.build();
    }

    /** With every field that there is. */
    static Message bucket() {
        return BucketRow.newBuilder()
                .setRun("Run_1.a-b")
                .setObjective("class=3")
                .setStratum("own")
                .setStepsBefore(8192)
                .setStepsBooked(8200)
                .setSteps(106)
                .setFirstStep(107)
                .setLastStep(108)
                .setTime(Timestamp.newBuilder().setSeconds(1_767_225_600).setNanos(123_000_000))
                .setMissingSteps(110)
                .setLossStart(11.11)
                .setLossEnd(12.12)
                .setCumulativeLossChange(-13.13)
                .setCumulativeLca(-14.14)
                .setCumulativeResidual(15.15)
                .setHelpedParameters(1016)
                .setHurtParameters(1017)
                .setZeroParameters(1018)
                .setMinibatchLoss(19.19)
                .setMinibatches(120)
                .setLearningRate(0.21)
                .setErrorSteps(122)
                .setErrorSquares(23.23)
                .setErrorFourths(24.24)
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .addParts(PartTotal.newBuilder().setPart("momentum").setCumulativeLca(-26.26))
                .addLayerIndex(127)
                .addLayer("dense-2")
                .addLayerParameters(1029)
                .addLayerSteps(130)
                .addLayerLca(-31.31)
                .addLayerCumulativeLca(-32.32)
                .addLayerHelp(-33.33)
                .addLayerHarm(34.34)
                .addLayerNormSteps(135)
                .addLayerGradientNorm(36.36)
                .addLayerDeltaNorm(37.37)
                .addLayerNormProduct(38.38)
                .addLayerErrorSteps(139)
                .addLayerErrorSquares(40.4)
                .addLayerErrorFourths(41.41)
                .setRows(142)
                .build();
    }

    private static Message request(RunAction action) {
        return Update.newBuilder()
                .setRun("golden")
                .setSession(0x0123456789abcdefL)
                .setRequest(RunRequest.newBuilder()
                        .setAction(action)
                        .setPartition(4)
                        .setPartitions(6))
                .build();
    }

    /** With every field that there is. */
    static Message window() {
        return RowsV1.window().toBuilder()
                .setSignChanges(39)
                .setLossStart(40.4)
                .setLossEnd(41.41)
                .build();
    }

    /** With every field that there is. */
    static Message moment() {
        return RowsV1.moment().toBuilder()
                .setFalseAlarmRate(0.01)
                .setShiftedSteps(11)
                .build();
    }

    /** With every field that there is. */
    static Message alert() {
        return RowsV1.alert().toBuilder().setStratum("3").build();
    }

    /** With every field that there is. */
    static Message parameter() {
        return RowsV1.parameter().toBuilder()
                .setPart("momentum")
                .setLayerIndex(12)
                .build();
    }

    /** With every field that there is. */
    static Message layer() {
        return RowsV1.layer().toBuilder()
                .setSamplingError(28.28)
                .setGradientNorm(29.29)
                .setDeltaNorm(30.3)
                .setCosine(-0.31)
                .build();
    }

    /** With every field that there is. */
    static Message step() {
        return RowsV1.step().toBuilder().setSplits(38).setSamplingError(-39.39).build();
    }

    private static Message sampled() {
        Update.Builder update = UpdatesV1.averaged().toBuilder();
        double[] contrast = {0.375, -0.1875};
        update.getTensorChunkBuilder()
                .getObjectivesBuilder(0)
                .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                .setSamplingContrast(VectorBytes.encode(contrast, 0, contrast.length));
        return update.build();
    }

    private static Update squared() {
        Update.Builder update = UpdatesV1.allocated().toBuilder();
        update.getTensorChunkBuilder()
                .getObjectivesBuilder(0)
                .getAllocatedBuilder()
                .getSumsBuilder()
                .setGradientSquares(14.14)
                .setDeltaSquares(15.15);
        return update.build();
    }

    private static Update warning() {
        Update.Builder update = UpdatesV1.averaged().toBuilder();
        update.getFactsBuilder().setWarning("A warning about the step");
        return update.build();
    }

    private static RunManifest refined() {
        RunManifest.Builder manifest = ManifestsV1.ended().toBuilder();
        manifest.setAbsoluteTolerance(0.00024).setRelativeTolerance(0.025).setMaxGradientsPerStep(26);
        manifest.getObjectivesBuilder(0).setSampleExamples(258);
        return manifest.build();
    }

    private static RunManifest evaluated() {
        return refined().toBuilder().setEvaluator("blas").build();
    }

    private static Message windowOf(WindowKind kind) {
        return RowsV1.window().toBuilder().setKind(kind).clearOutcome().build();
    }
}
