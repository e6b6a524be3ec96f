package io.lossledger.streams.check;

import io.lossledger.lca.Balance;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.CoveredSteps;
import io.lossledger.streams.steps.StepMerger;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ObjectiveFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks steps when their last chunk has come: the chunks agree, and one step goes on where the one before ended. Steps that
 * come in any order wait for those before them. Not thread-safe.
 */
final class OpenSteps {
    /** More steps than that do not wait at a time; bounds the memory when a chunk never comes. */
    static final int MAX_OPEN = 1_000;

    private static final int NAMED = 5;
    /** Evaluations of the same parameters may differ by rounding. */
    private static final double LOSS_TOLERANCE = 1e-4;

    private final Findings findings;
    private final double tolerance;
    private final NavigableMap<Integer, Open> open = new TreeMap<>();
    private final Map<String, Sum> sums = new LinkedHashMap<>();
    private @Nullable BalancedStep last;
    private long complete;
    private long uncovered;
    private long lost;
    private int lostTo = -1;
    private final List<Integer> firstLost = new ArrayList<>();
    /** Of a run whose steps come in any order: those that are complete or lost, and those that wait for others. */
    private final CoveredSteps settled = new CoveredSteps();

    private final NavigableMap<Integer, BalancedStep> waiting = new TreeMap<>();

    private static final class Open {
        final Map<Integer, ChunkPartial> chunks = new TreeMap<>();

        @Nullable
        StepFacts facts;
    }

    private static final class Sum {
        double lossChange;
        double lca;
        final Map<Integer, Double> layers = new TreeMap<>();
    }

    OpenSteps(Findings findings, double tolerance) {
        this.findings = findings;
        this.tolerance = tolerance;
    }

    void enter(SentRecord record, Update update, ChunkPartial partial) {
        if (update.getStep() <= lostTo) {
            return;
        }
        Open step = open.computeIfAbsent(update.getStep(), s -> new Open());
        if (update.hasFacts()) {
            if (step.facts == null) {
                step.facts = update.getFacts();
            } else if (!step.facts.equals(update.getFacts())) {
                findings.add(
                        record.place(),
                        "update.facts: must be the same in all chunks of a step. Found: others at step "
                                + update.getStep());
            }
        }
        step.chunks.put(update.getChunk(), partial);
        if (step.chunks.size() == update.getChunksInStep()) {
            open.remove(update.getStep());
            if (!update.getAnyOrder()) {
                loseTo(update.getStep()); // every chunk has gone on
            }
            balance(update, step);
        } else if (open.size() > MAX_OPEN && update.getAnyOrder()) {
            lose(open.pollFirstEntry().getKey());
        } else if (open.size() > MAX_OPEN) {
            loseTo(open.firstKey());
        }
    }

    /** A segment that is lost, in a run whose steps come in any order. */
    void settle(Update lost) {
        settled.add(lost.getStep() - lost.getStepsCovered() + 1, lost.getStep() + 1);
        goOn(settled.firstGap(lost.getFirstStep()));
    }

    private void loseTo(int step) {
        open.headMap(step, true).keySet().forEach(this::lose);
        open.headMap(step, true).clear();
        lostTo = Math.max(lostTo, step);
    }

    private void lose(int step) {
        lost++;
        if (firstLost.size() < NAMED) {
            firstLost.add(step);
        }
    }

    private void balance(Update update, Open step) {
        int number = update.getStep();
        BalancedStep balanced;
        try {
            balanced = StepMerger.balance(new ArrayList<>(step.chunks.values()));
        } catch (UnbookableStepException e) {
            findings.add("step " + number, String.valueOf(e.getMessage()));
            return;
        }
        complete++;
        if (step.facts == null || !step.facts.hasTime()) {
            findings.add("step " + number, "update.facts.time: must be set in at least one chunk. Found: none");
        }
        for (BalancedStep.Objective objective : balanced.objectives()) {
            if (objective.isWholeUpdate()) {
                add(objective);
            }
        }
        requireParts(balanced);
        if (update.getAnyOrder()) {
            settled.add(balanced.start(), balanced.step() + 1);
            waiting.put(balanced.step(), withoutLayers(balanced));
            goOn(settled.firstGap(balanced.firstStep()));
        } else {
            goOn(balanced);
        }
    }

    private static BalancedStep withoutLayers(BalancedStep step) {
        return step.withObjectives(step.objectives().stream()
                .map(objective -> objective.withLayers(List.of()))
                .toList());
    }

    /** Compares waiting steps up to one with those before them. */
    private void goOn(int to) {
        NavigableMap<Integer, BalancedStep> due = waiting.headMap(to, false);
        due.values().forEach(this::goOn);
        due.clear();
    }

    private void goOn(BalancedStep step) {
        BalancedStep before = last;
        if (before != null && before.step() < step.step()) {
            follow(before, step);
        } else if (before == null) {
            uncovered += step.start() - step.firstStep();
        }
        last = step;
    }

    private void follow(BalancedStep before, BalancedStep step) {
        uncovered += step.start() - before.step() - 1;
        List<String> expected = names(before);
        if (!names(step).equals(expected)) {
            findings.add(
                    "step " + step.step(),
                    "objectives: must be the same in all steps, " + expected + ". Found: " + names(step));
            return;
        }
        if (Timestamps.toMillis(step.time()) < Timestamps.toMillis(before.time())) {
            findings.add(
                    "step " + step.step(),
                    "update.facts.time: must not go back. Found: earlier than at step " + before.step());
        }
        for (int i = 0; i < step.objectives().size(); i++) {
            ObjectiveFacts facts = step.objectives().get(i).facts();
            ObjectiveFacts earlier = before.objectives().get(i).facts();
            boolean isFixed = facts.getKind() == ObjectiveKind.OBJECTIVE_KIND_FIXED
                    && facts.getPart().isEmpty();
            if (isFixed && step.start() == before.step() + 1 && differ(earlier.getLossEnd(), facts.getLossStart())) {
                findings.add(
                        "step " + step.step(),
                        "objective.loss_start: a fixed objective must start where it ended at the step before, "
                                + earlier.getLossEnd() + ". Found: " + facts.getLossStart() + " for "
                                + facts.getName());
            }
        }
    }

    private static boolean differ(double one, double other) {
        return Math.abs(one - other) > LOSS_TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
    }

    private static List<String> names(BalancedStep step) {
        return step.objectives().stream()
                .map(objective -> objective.facts().getName()
                        + (objective.isWholeUpdate()
                                ? ""
                                : "/" + objective.facts().getPart()))
                .toList();
    }

    private void add(BalancedStep.Objective objective) {
        if (!Double.isFinite(objective.lossChange())) {
            return; // a training that diverges
        }
        Sum sum = sums.computeIfAbsent(objective.facts().getName(), name -> new Sum());
        sum.lossChange += objective.lossChange();
        sum.lca += objective.model().sum();
        objective
                .layers()
                .forEach(layer -> sum.layers.merge(layer.index(), layer.sums().sum(), Double::sum));
    }

    private void requireParts(BalancedStep step) {
        double whole = Double.NaN;
        double parts = 0;
        double scale = 0;
        String name = "";
        for (int i = 0; i <= step.objectives().size(); i++) {
            boolean next =
                    i == step.objectives().size() || step.objectives().get(i).isWholeUpdate();
            if (next && scale > 0 && Math.abs(parts - whole) > 1e-4 * scale) {
                findings.add(
                        "step " + step.step(),
                        "parts: their LCA must add up to that of the whole update, " + whole + ". Found: " + parts
                                + " for " + name);
            }
            if (i == step.objectives().size()) {
                return;
            }
            BalancedStep.Objective objective = step.objectives().get(i);
            if (next) {
                whole = objective.model().sum();
                parts = 0;
                scale = 0;
                name = objective.facts().getName();
            } else {
                parts += objective.model().sum();
                scale += objective.model().harm() - objective.model().help();
            }
        }
    }

    /**
     * Steps that are neither complete nor lost, so that later ones wait for them; in a run whose steps come in any order.
     */
    private long unsettled(Update any, ChunkHistories histories) {
        int end = histories.endStep().orElse(settled.end(any.getFirstStep()));
        return any.getAnyOrder() ? Math.max(0, end - any.getFirstStep() - settled.count()) : 0;
    }

    /** A step whose missing chunks have not gone on to a later one may still become whole. */
    void end(Update any, ChunkHistories histories) {
        goOn(Integer.MAX_VALUE);
        long unsettled = unsettled(any, histories);
        if (unsettled > 0) {
            findings.add(
                    "the run",
                    "step: every step must be measured or lost, as later ones wait for it. Found: " + unsettled
                            + " steps missing, the first one " + settled.firstGap(any.getFirstStep()));
        }
        open.forEach((number, step) -> {
            if (!any.getAnyOrder() && histories.hasPassed(number, step.chunks.keySet())) {
                lose(number);
            }
        });
        if (lost > 0) {
            findings.add(
                    "the run",
                    "step: every chunk of a step must be sent. Found: " + lost + " steps with some chunks only, "
                            + firstLost);
        }
        sums.forEach((name, sum) -> {
            double moved = sum.layers.values().stream().mapToDouble(Math::abs).sum();
            Balance balance = new Balance(sum.lossChange - sum.lca, sum.lossChange, moved);
            if (!balance.isWithin(tolerance)) {
                findings.add(
                        "the run",
                        "balance: the LCA must add up to the loss change within " + tolerance * 100
                                + " % of what moved. Found: loss change " + sum.lossChange + " and LCA " + sum.lca
                                + " for " + name
                                + " (if more splits and shorter chords do not help: delta must be the movement of"
                                + " all parameters, the gradient that of this mean loss)");
            }
        });
    }

    /** The number of steps of which some chunks have come. */
    int open() {
        return open.size();
    }

    /** The number of complete steps that agree. */
    long complete() {
        return complete;
    }

    /** The number of trained steps between complete ones that no segment covers. */
    long uncovered() {
        return uncovered;
    }

    @Nullable
    BalancedStep last() {
        return last;
    }
}
