package io.lossledger.streams.books;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.HelpConcentration;
import io.lossledger.lca.Quadrature;
import io.lossledger.lca.SquareSums;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.WindowBook;
import io.lossledger.streams.windows.WindowUpdater;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of one balanced step: layers, units and the whole model. Stateless. */
final class StepRows {
    /** A unit takes some twenty bytes of JSON, and a record should stay well below a megabyte. */
    static final int UNITS_PER_ROW = 16_384;

    private StepRows() {}

    /**
     * Creates the rows of a step.
     *
     * @param run the book of the whole run, which already contains the step
     * @param missingBefore steps missing between the step booked before and this one
     */
    static List<Row> of(BalancedStep step, WindowBook run, int missingBefore) {
        List<Row> rows = new ArrayList<>();
        int expected = 0;
        for (BalancedStep.Objective objective : step.objectives()) {
            int place = WindowUpdater.place(run, expected, objective.facts());
            ObjectiveBook whole = run.getObjectives(place);
            int layerPlace = 0;
            for (BalancedStep.Layer layer : objective.layers()) {
                layerPlace = placeOf(layer, whole, layerPlace);
                double cumulative = whole.getLayers(layerPlace).getSums().getLca();
                rows.add(new Row(LedgerTopic.LAYER, layerRow(step, objective, layer, cumulative)));
                rows.addAll(unitRows(step, objective, layer));
            }
            rows.add(new Row(LedgerTopic.STEP, stepRow(step, objective, run, whole, missingBefore)));
            expected = place + 1;
        }
        return rows;
    }

    /** Both lists are in layer order, and the book already contains the step. */
    private static int placeOf(BalancedStep.Layer layer, ObjectiveBook whole, int from) {
        int place = from;
        while (whole.getLayers(place).getLayerIndex() != layer.index()) {
            place++;
        }
        return place;
    }

    private static LayerRow layerRow(
            BalancedStep step, BalancedStep.Objective objective, BalancedStep.Layer layer, double cumulative) {
        AllocationSums sums = layer.sums();
        LayerRow.Builder row = LayerRow.newBuilder()
                .setRun(step.run())
                .setStep(step.step())
                .setTime(step.time())
                .setObjective(objective.facts().getName())
                .setStratum(objective.facts().getStratum())
                .setPart(objective.facts().getPart())
                .setLayer(layer.name())
                .setLayerIndex(layer.index())
                .setParameters(sums.parameters())
                .setLca(sums.sum())
                .setHelp(sums.help())
                .setHarm(sums.harm())
                .setHelpedParameters(sums.helped())
                .setHurtParameters(sums.hurt())
                .setZeroParameters(sums.zero())
                .setNonfiniteParameters(sums.nonFinite())
                .setHelpedShare(sums.helpedShare())
                .setHelpedShareOfNonzero(sums.helpedShareOfNonZero())
                .setSumOfSquares(sums.sumOfSquares())
                .setLargestHelp(sums.min())
                .setLargestHarm(sums.max())
                .setCumulativeLca(cumulative);
        if (!Double.isNaN(sums.coarseSum())) {
            row.setEstimate(sums.estimate()).setAbsoluteEstimate(sums.absoluteEstimate());
        }
        setNorms(row, sums);
        layer.samplingError().ifPresent(row::setSamplingError);
        layer.signChanges().ifPresent(row::setSignChanges);
        double[] units = layer.units();
        if (units != null) {
            HelpConcentration concentration = HelpConcentration.of(units);
            concentration.gini().ifPresent(row::setGiniOfHelp);
            concentration.topPercentShare().ifPresent(row::setTopPercentShare);
        }
        return row.build();
    }

    private static void setNorms(LayerRow.Builder row, AllocationSums sums) {
        SquareSums squares = sums.squares();
        if (squares == null) {
            return;
        }
        row.setGradientNorm(squares.gradientNorm()).setDeltaNorm(squares.deltaNorm());
        double cosine = squares.cosine(sums.sum());
        if (Double.isFinite(cosine)) {
            row.setCosine(cosine);
        }
    }

    private static List<Row> unitRows(BalancedStep step, BalancedStep.Objective objective, BalancedStep.Layer layer) {
        double[] units = layer.units();
        List<Row> rows = new ArrayList<>();
        for (int first = 0; units != null && first < units.length; first += UNITS_PER_ROW) {
            UnitRow.Builder row = UnitRow.newBuilder()
                    .setRun(step.run())
                    .setStep(step.step())
                    .setTime(step.time())
                    .setObjective(objective.facts().getName())
                    .setStratum(objective.facts().getStratum())
                    .setPart(objective.facts().getPart())
                    .setLayer(layer.name())
                    .setLayerIndex(layer.index())
                    .setUnits(units.length)
                    .setFirstUnit(first);
            int end = Math.min(units.length, first + UNITS_PER_ROW);
            Arrays.stream(units, first, end).forEach(row::addUnitLca);
            rows.add(new Row(LedgerTopic.UNIT, row.build()));
        }
        return rows;
    }

    private static StepRow stepRow(
            BalancedStep step,
            BalancedStep.Objective objective,
            WindowBook run,
            ObjectiveBook whole,
            int missingBefore) {
        AllocationSums model = objective.model();
        StepRow.Builder row = StepRow.newBuilder()
                .setRun(step.run())
                .setStep(step.step())
                .setStepsCovered(step.stepsCovered())
                .setTime(step.time())
                .setObjective(objective.facts().getName())
                .setStratum(objective.facts().getStratum())
                .setPart(objective.facts().getPart())
                .setKindValue(objective.facts().getKindValue())
                .setWeight(objective.facts().getWeight())
                .setRule(objective.rule())
                .setCapped(objective.capped())
                .setLca(model.sum())
                .setCumulativeLca(whole.getModel().getSums().getLca())
                .setHelp(model.help())
                .setHarm(model.harm())
                .setParameters(model.parameters())
                .setHelpedParameters(model.helped())
                .setHurtParameters(model.hurt())
                .setZeroParameters(model.zero())
                .setNonfiniteParameters(model.nonFinite())
                .setHelpedShare(model.helpedShare())
                .setHelpedShareOfNonzero(model.helpedShareOfNonZero())
                .setStepsBooked(run.getSteps())
                .setMissingBefore(missingBefore)
                .setMissingSteps(run.getMissingSteps());
        if (objective.isWholeUpdate()) {
            setLosses(row, objective, whole);
        }
        setOptional(row, step, objective);
        return row.build();
    }

    private static void setLosses(StepRow.Builder row, BalancedStep.Objective objective, ObjectiveBook whole) {
        AllocationSums model = objective.model();
        double lossChange = objective.lossChange();
        row.setLossStart(objective.facts().getLossStart())
                .setLossEnd(objective.facts().getLossEnd())
                .setLossChange(lossChange)
                .setResidual(lossChange - model.sum())
                .setCumulativeLossChange(whole.getLossChange())
                .setCumulativeResidual(whole.getLossChange() - row.getCumulativeLca());
        if (lossChange != 0) {
            row.setChurn((model.harm() - model.help()) / Math.abs(lossChange));
        }
    }

    private static void setOptional(StepRow.Builder row, BalancedStep step, BalancedStep.Objective objective) {
        AllocationSums model = objective.model();
        Quadrature.named(objective.rule()).ifPresent(rule -> row.setSplits(rule.splits()));
        objective.samplingError().ifPresent(row::setSamplingError);
        if (!Double.isNaN(model.coarseSum())) {
            row.setAbsoluteEstimate(model.absoluteEstimate());
            row.setLargestLayerEstimate(objective.layers().stream()
                    .mapToDouble(layer -> layer.sums().estimate())
                    .max()
                    .orElseThrow());
        }
        if (step.facts().hasMinibatchLoss()) {
            row.setMinibatchLoss(step.facts().getMinibatchLoss());
        }
        if (step.facts().hasLearningRate()) {
            row.setLearningRate(step.facts().getLearningRate());
        }
        if (step.facts().hasExamples()) {
            row.setExamples(step.facts().getExamples());
        }
    }
}
