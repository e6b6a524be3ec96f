package io.lossledger.streams.alerts;

import io.lossledger.lca.ChanceCount;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Places;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.LayerMoments;
import io.lossledger.streams.v1.MomentBook;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.RunBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds moments: steps at which more layers have a local minimum of their LCA than chance would explain. Lan et al.
 * (2019) observed that layers learn in sync. A layer has one where its LCA is below that of the {@value #RADIUS} steps
 * before and after, so a step is tested {@value #RADIUS} steps later.
 *
 * <p>The null hypothesis shifts each layer's minima of the last {@value #MAX_KNOWN_STEPS} steps circularly by a random
 * number of steps, independently for each layer. This keeps each layer's rate of minima and removes only their
 * coincidence. Steps next to a gap lack neighbours and are not tested. Immutable.
 */
public final class MomentFinder {
    static final int RADIUS = 2;
    static final int MAX_KNOWN_STEPS = Long.SIZE;
    /** With fewer steps the shares of minima are too coarse. */
    static final int MIN_KNOWN_STEPS = 20;

    private static final int NEIGHBOURHOOD = 2 * RADIUS + 1;

    private final double falseAlarmRate;

    public MomentFinder(double falseAlarmRate) {
        this.falseAlarmRate = falseAlarmRate;
    }

    /** Adds a step. */
    public List<Row> enter(RunBook.Builder book, BalancedStep step, boolean followsGap) {
        List<Row> rows = new ArrayList<>();
        int expected = 0;
        for (BalancedStep.Objective objective : step.objectives()) {
            if (objective.isWholeUpdate()) {
                int place = place(book, expected, objective);
                MomentBook.Builder moments = book.getMoments(place).toBuilder();
                if (followsGap) {
                    moments.clearRecentSteps().clearRecentTimes();
                    moments.getLayersBuilderList().forEach(LayerMoments.Builder::clearRecentLca);
                }
                add(moments, step, objective);
                if (moments.getRecentStepsCount() == NEIGHBOURHOOD) {
                    judge(moments);
                    row(step.run(), moments).ifPresent(row -> rows.add(new Row(LedgerTopic.MOMENT, row)));
                }
                book.setMoments(place, moments);
                expected = place + 1;
            }
        }
        return rows;
    }

    /** The index of the objective's book: a new one when the layers of the model have changed. */
    private static int place(RunBook.Builder book, int expected, BalancedStep.Objective objective) {
        ObjectiveFacts facts = objective.facts();
        int place = Places.find(expected, book.getMomentsCount(), i -> isOf(book.getMoments(i), facts));
        if (place >= 0 && hasLayers(book.getMoments(place), objective.layers())) {
            return place;
        }
        MomentBook.Builder moments =
                MomentBook.newBuilder().setObjective(facts.getName()).setStratum(facts.getStratum());
        objective.layers().forEach(layer -> moments.addLayersBuilder().setLayer(layer.name()));
        if (place >= 0) {
            book.setMoments(place, moments);
            return place;
        }
        book.addMoments(moments);
        return book.getMomentsCount() - 1;
    }

    private static boolean isOf(MomentBook book, ObjectiveFacts facts) {
        return book.getObjective().equals(facts.getName()) && book.getStratum().equals(facts.getStratum());
    }

    private static boolean hasLayers(MomentBook moments, List<BalancedStep.Layer> layers) {
        boolean same = moments.getLayersCount() == layers.size();
        for (int i = 0; same && i < layers.size(); i++) {
            same = moments.getLayers(i).getLayer().equals(layers.get(i).name());
        }
        return same;
    }

    private static void add(MomentBook.Builder moments, BalancedStep step, BalancedStep.Objective objective) {
        int from = Math.max(0, moments.getRecentStepsCount() + 1 - NEIGHBOURHOOD);
        List<Integer> steps = new ArrayList<>(moments.getRecentStepsList());
        steps.add(step.step());
        moments.clearRecentSteps().addAllRecentSteps(steps.subList(from, steps.size()));
        moments.addRecentTimes(step.time());
        if (from > 0) {
            moments.removeRecentTimes(0);
        }
        for (int i = 0; i < moments.getLayersCount(); i++) {
            LayerMoments.Builder layer = moments.getLayersBuilder(i);
            List<Double> recent = new ArrayList<>(layer.getRecentLcaList());
            recent.add(objective.layers().get(i).sums().sum());
            layer.clearRecentLca().addAllRecentLca(recent.subList(from, recent.size()));
        }
    }

    private static void judge(MomentBook.Builder moments) {
        moments.setKnownSteps(Math.min(MAX_KNOWN_STEPS, moments.getKnownSteps() + 1));
        for (LayerMoments.Builder layer : moments.getLayersBuilderList()) {
            layer.setMinima(layer.getMinima() << 1 | (isMinimum(layer) ? 1 : 0));
        }
    }

    private static boolean isMinimum(LayerMoments.Builder layer) {
        for (int i = 0; i < NEIGHBOURHOOD; i++) {
            if (i != RADIUS && !(layer.getRecentLca(RADIUS) < layer.getRecentLca(i))) {
                return false;
            }
        }
        return true;
    }

    private Optional<MomentRow> row(String run, MomentBook.Builder moments) {
        List<String> together = new ArrayList<>();
        double[] shares = new double[moments.getLayersCount()];
        for (int i = 0; i < shares.length; i++) {
            LayerMoments layer = moments.getLayers(i);
            shares[i] = (double) Long.bitCount(layer.getMinima()) / moments.getKnownSteps();
            if ((layer.getMinima() & 1) != 0) {
                together.add(layer.getLayer());
            }
        }
        if (together.size() < 2 || moments.getKnownSteps() < MIN_KNOWN_STEPS) {
            return Optional.empty();
        }
        double chance = ChanceCount.atLeast(together.size(), shares);
        if (chance > falseAlarmRate) {
            return Optional.empty();
        }
        return Optional.of(MomentRow.newBuilder()
                .setRun(run)
                .setStep(moments.getRecentSteps(RADIUS))
                .setTime(moments.getRecentTimes(RADIUS))
                .setObjective(moments.getObjective())
                .setStratum(moments.getStratum())
                .addAllLayers(together)
                .setLayersInModel(shares.length)
                .setScore((together.size() - ChanceCount.mean(shares)) / ChanceCount.standardDeviation(shares))
                .setChance(chance)
                .setFalseAlarmRate(falseAlarmRate)
                .setShiftedSteps(moments.getKnownSteps())
                .build());
    }
}
