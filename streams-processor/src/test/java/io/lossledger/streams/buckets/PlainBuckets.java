package io.lossledger.streams.buckets;

import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.PartTotal;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The rows of buckets, added up from the rows of steps and layers as plainly as possible. */
final class PlainBuckets {
    private final List<StepRow> steps;
    private final List<LayerRow> layers;

    PlainBuckets(List<StepRow> steps, List<LayerRow> layers) {
        this.steps = steps;
        this.layers = layers;
    }

    /** All rows of a run with one bucket after the other, until it has ended. */
    List<BucketRow> ofEndedRun(RunStatus outcome) {
        List<Integer> booked = new ArrayList<>(
                new TreeSet<>(steps.stream().map(StepRow::getStep).toList()));
        List<BucketRow> rows = new ArrayList<>();
        int from = 0;
        while (from + size(from) <= booked.size()) {
            int to = from + size(from);
            rows.addAll(rows(from, to, booked.subList(from, to)));
            from = to;
        }
        for (BucketRow row : rows(from, booked.size(), booked.subList(from, booked.size()))) {
            rows.add(row.toBuilder().setOutcome(outcome).build());
        }
        return rows;
    }

    /** 4 up to step 8,192, then 8 up to 16,384, and so on. */
    private static int size(int from) {
        int size = 4;
        for (int next = 8_192; next <= from; next *= 2) {
            size *= 2;
        }
        return size;
    }

    private List<BucketRow> rows(int before, int booked, List<Integer> numbers) {
        Set<List<String>> objectives = new LinkedHashSet<>();
        steps.forEach(row -> objectives.add(List.of(row.getObjective(), row.getStratum())));
        List<BucketRow> rows = new ArrayList<>();
        for (List<String> objective : objectives) {
            List<StepRow> until = steps.stream()
                    .filter(row -> objective.equals(List.of(row.getObjective(), row.getStratum())))
                    .filter(row -> row.getStepsBooked() <= booked)
                    .toList();
            List<StepRow> whole =
                    until.stream().filter(row -> row.getPart().isEmpty()).toList();
            List<StepRow> inside = whole.stream()
                    .filter(row -> numbers.contains(row.getStep()))
                    .toList();
            StepRow last = whole.get(whole.size() - 1);
            BucketRow.Builder row = BucketRow.newBuilder()
                    .setRun(last.getRun())
                    .setObjective(last.getObjective())
                    .setStratum(last.getStratum())
                    .setStepsBefore(before)
                    .setStepsBooked(booked)
                    .setSteps(inside.size())
                    .setMissingSteps(last.getMissingSteps())
                    .setLossStart(whole.get(0).getLossStart())
                    .setLossEnd(last.getLossEnd())
                    .setCumulativeLossChange(last.getCumulativeLossChange())
                    .setCumulativeLca(last.getCumulativeLca())
                    .setCumulativeResidual(last.getCumulativeResidual())
                    .setHelpedParameters(sum(inside, StepRow::getHelpedParameters))
                    .setHurtParameters(sum(inside, StepRow::getHurtParameters))
                    .setZeroParameters(sum(inside, StepRow::getZeroParameters))
                    .setMinibatchLoss(sum(inside, StepRow::getMinibatchLoss))
                    .setMinibatches(count(inside, StepRow::hasMinibatchLoss))
                    .setErrorSteps(count(inside, StepRow::hasSamplingError))
                    .setErrorSquares(sum(inside, each -> Math.pow(each.getSamplingError(), 2)))
                    .setErrorFourths(sum(inside, each -> Math.pow(Math.pow(each.getSamplingError(), 2), 2)));
            if (!inside.isEmpty()) {
                row.setFirstStep(inside.get(0).getStep())
                        .setLastStep(last.getStep())
                        .setTime(last.getTime());
            }
            inside.stream()
                    .filter(StepRow::hasLearningRate)
                    .forEach(each -> row.setLearningRate(each.getLearningRate()));
            Set<String> parts = new LinkedHashSet<>();
            until.stream().map(StepRow::getPart).filter(part -> !part.isEmpty()).forEach(parts::add);
            for (String part : parts) {
                until.stream()
                        .filter(each -> each.getPart().equals(part))
                        .reduce((one, other) -> other)
                        .ifPresent(each -> row.addParts(
                                PartTotal.newBuilder().setPart(part).setCumulativeLca(each.getCumulativeLca())));
            }
            addLayers(row, objective, numbers);
            rows.add(row.setRows(objectives.size()).build());
        }
        return rows;
    }

    private void addLayers(BucketRow.Builder row, List<String> objective, List<Integer> numbers) {
        List<LayerRow> whole = layers.stream()
                .filter(each -> objective.equals(List.of(each.getObjective(), each.getStratum())))
                .filter(each -> each.getPart().isEmpty())
                .toList();
        List<LayerRow> inside =
                whole.stream().filter(each -> numbers.contains(each.getStep())).toList();
        boolean norms = inside.stream().anyMatch(LayerRow::hasGradientNorm);
        boolean errors = inside.stream().anyMatch(LayerRow::hasSamplingError);
        Set<Integer> known = new HashSet<>();
        whole.stream()
                .filter(each -> !numbers.isEmpty() && each.getStep() < numbers.get(0))
                .forEach(each -> known.add(each.getLayerIndex()));
        Set<Integer> indexes = new TreeSet<>();
        inside.forEach(each -> indexes.add(each.getLayerIndex()));
        boolean named = !known.containsAll(indexes);
        for (int index : indexes) {
            List<LayerRow> of = inside.stream()
                    .filter(each -> each.getLayerIndex() == index)
                    .toList();
            row.addLayerIndex(index)
                    .addLayerSteps(of.size())
                    .addLayerLca(sum(of, LayerRow::getLca))
                    .addLayerCumulativeLca(of.get(of.size() - 1).getCumulativeLca())
                    .addLayerHelp(sum(of, LayerRow::getHelp))
                    .addLayerHarm(sum(of, LayerRow::getHarm));
            if (named) {
                row.addLayer(of.get(0).getLayer())
                        .addLayerParameters((long) of.get(0).getParameters());
            }
            if (norms) {
                row.addLayerNormSteps(count(of, LayerRow::hasGradientNorm))
                        .addLayerGradientNorm(sum(of, LayerRow::getGradientNorm))
                        .addLayerDeltaNorm(sum(of, LayerRow::getDeltaNorm))
                        .addLayerNormProduct(sum(of, each -> each.getGradientNorm() * each.getDeltaNorm()));
            }
            if (errors) {
                row.addLayerErrorSteps(count(of, LayerRow::hasSamplingError))
                        .addLayerErrorSquares(sum(of, each -> Math.pow(each.getSamplingError(), 2)))
                        .addLayerErrorFourths(sum(of, each -> Math.pow(Math.pow(each.getSamplingError(), 2), 2)));
            }
        }
    }

    private static <T> double sum(List<T> rows, ToDoubleFunction<T> field) {
        double sum = 0;
        for (T row : rows) {
            sum += field.applyAsDouble(row);
        }
        return sum;
    }

    private static <T> int count(List<T> rows, Predicate<T> is) {
        return (int) rows.stream().filter(is).count();
    }
}
