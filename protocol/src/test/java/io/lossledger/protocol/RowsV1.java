package io.lossledger.protocol;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;

/** The rows of the golden files of version 1: a value tells the number of its field, and the books do not balance. */
final class RowsV1 {
    private RowsV1() {}

    static LayerRow layer() {
        return LayerRow.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(102)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setObjective("class=3")
                .setStratum("own")
                .setPart("momentum")
                .setLayer("dense-2")
                .setLayerIndex(108)
                .setParameters(1009)
                .setLca(-10.10)
                .setHelp(-11.11)
                .setHarm(12.12)
                .setHelpedParameters(1013)
                .setHurtParameters(1014)
                .setZeroParameters(1015)
                .setNonfiniteParameters(1016)
                .setHelpedShare(0.17)
                .setHelpedShareOfNonzero(0.18)
                .setSumOfSquares(19.19)
                .setLargestHelp(-20.20)
                .setLargestHarm(21.21)
                .setEstimate(22.22)
                .setAbsoluteEstimate(23.23)
                .setCumulativeLca(-24.24)
                .setGiniOfHelp(0.25)
                .setTopPercentShare(0.26)
                .setSignChanges(1027)
                .build();
    }

    static UnitRow unit() {
        return UnitRow.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(102)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setObjective("class=3")
                .setStratum("own")
                .setPart("momentum")
                .setLayer("dense-2")
                .setLayerIndex(108)
                .setUnits(109)
                .setFirstUnit(110)
                .addUnitLca(-0.1)
                .addUnitLca(Double.NaN)
                .addUnitLca(0.2)
                .build();
    }

    static StepRow step() {
        return StepRow.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(102)
                .setStepsCovered(103)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setObjective("class=3")
                .setStratum("own")
                .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                .setWeight(8.08)
                .setPart("momentum")
                .setRule("simpson-2")
                .setCapped(true)
                .setLossStart(12.12)
                .setLossEnd(13.13)
                .setLossChange(-14.14)
                .setLca(-15.15)
                .setResidual(16.16)
                .setCumulativeLossChange(-17.17)
                .setCumulativeLca(-18.18)
                .setCumulativeResidual(19.19)
                .setHelp(-20.20)
                .setHarm(21.21)
                .setChurn(22.22)
                .setParameters(1023)
                .setHelpedParameters(1024)
                .setHurtParameters(1025)
                .setZeroParameters(1026)
                .setNonfiniteParameters(1027)
                .setHelpedShare(0.28)
                .setHelpedShareOfNonzero(0.29)
                .setLargestLayerEstimate(30.30)
                .setAbsoluteEstimate(31.31)
                .setStepsBooked(132)
                .setMissingBefore(133)
                .setMissingSteps(134)
                .setMinibatchLoss(35.35)
                .setLearningRate(36.36)
                .setExamples(137)
                .build();
    }

    static WindowRow window() {
        return WindowRow.newBuilder()
                .setRun("Run_1.a-b")
                .setKind(WindowKind.WINDOW_KIND_RUN)
                .setWindow(103)
                .setSize(104)
                .setHop(105)
                .setFirstStep(106)
                .setLastStep(107)
                .setFirstTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setLastTime(Timestamps.fromMillis(1_767_225_601_123L))
                .setSteps(110)
                .setMissingSteps(111)
                .setObjective("class=3")
                .setStratum("own")
                .setPart("momentum")
                .setLayer("dense-2")
                .setLayerIndex(116)
                .setParameters(1017)
                .setLca(-18.18)
                .setHelp(-19.19)
                .setHarm(20.20)
                .setHelpedParameters(1021)
                .setHurtParameters(1022)
                .setZeroParameters(1023)
                .setNonfiniteParameters(1024)
                .setHelpedShare(0.25)
                .setHelpedShareOfNonzero(0.26)
                .setHelpedStepShare(0.27)
                .setSumOfSquares(28.28)
                .setLargestHelp(-29.29)
                .setLargestHarm(30.30)
                .setEstimate(31.31)
                .setAbsoluteEstimate(32.32)
                .setLossChange(-33.33)
                .setResidual(34.34)
                .setStandardError(35.35)
                .setIntervalLow(-36.36)
                .setIntervalHigh(37.37)
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
    }

    static MomentRow moment() {
        return MomentRow.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(102)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setObjective("class=3")
                .setStratum("own")
                .addLayers("dense-1")
                .addLayers("dense-2")
                .setLayersInModel(107)
                .setScore(8.08)
                .setChance(0.09)
                .build();
    }

    static AlertRow alert() {
        return AlertRow.newBuilder()
                .setRun("Run_1.a-b")
                .setRule("layer-hurts")
                .setState(AlertState.ALERT_STATE_OPENED)
                .setObjective("class=3")
                .setLayer("dense-2")
                .setOpenedStep(106)
                .setStep(107)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setValue(9.09)
                .setThreshold(10.10)
                .setMessage("Layer dense-2 hurts <since> step 40")
                .build();
    }

    static ParameterRow parameter() {
        return ParameterRow.newBuilder()
                .setRun("Run_1.a-b")
                .setStep(102)
                .setTime(Timestamps.fromMillis(1_767_225_600_123L))
                .setTensor(104)
                .setTensorName("1_W")
                .setLayer("dense-2")
                .setObjective("class=3")
                .setStratum("own")
                .setOffset(1009)
                .addParameterLca(-0.1)
                .addParameterLca(Double.NaN)
                .addParameterLca(0.2)
                .build();
    }
}
