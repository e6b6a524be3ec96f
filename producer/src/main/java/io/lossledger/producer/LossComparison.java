package io.lossledger.producer;

import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.StepUpdate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares the losses of the minibatches with those of the objective {@code train} at the same parameters. If a loss
 * depends on the data alone, both estimate the same value. If they differ significantly, the objective is not what is
 * trained: a normalizer is applied to the iterator alone, or the labels are different.
 *
 * <p>The test covers the first {@value #STEPS} steps, in blocks. It reports a difference if the mean over the newest
 * {@value #BLOCKS} blocks is over {@value #SHARE} of the loss and chance would explain it once in a million times
 * (Student's t). Not thread-safe.
 */
final class LossComparison {
    private static final String OBJECTIVE = "train";
    private static final int STEPS = 500;
    private static final int BLOCK_STEPS = 5;
    private static final int BLOCKS = 10;
    private static final double SHARE = 0.25;
    /** For ten blocks: nine degrees of freedom. */
    private static final double T_OF_ONE_IN_A_MILLION = 11.1;

    private final Deque<Double> differences = new ArrayDeque<>();
    private final Deque<Double> losses = new ArrayDeque<>();
    private double blockDifference;
    private double blockLoss;
    private int steps;
    private Optional<String> doubt = Optional.empty();

    /** Adds a step; returns the warning, once there is one. */
    Optional<String> enter(StepUpdate update) {
        if (doubt.isPresent()
                || steps >= STEPS
                || update.stepsCovered() != 1
                || !update.facts().hasMinibatchLoss()) {
            return doubt;
        }
        for (ObjectiveStep objective : update.objectives()) {
            if (objective.name().equals(OBJECTIVE)) {
                enter(update.facts().getMinibatchLoss(), objective.lossStart());
            }
        }
        return doubt;
    }

    private void enter(double minibatch, double objective) {
        blockDifference += (minibatch - objective) / BLOCK_STEPS;
        blockLoss += objective / BLOCK_STEPS;
        steps++;
        if (steps % BLOCK_STEPS != 0) {
            return;
        }
        differences.add(blockDifference);
        losses.add(blockLoss);
        blockDifference = 0;
        blockLoss = 0;
        if (differences.size() > BLOCKS) {
            differences.remove();
            losses.remove();
        }
        if (differences.size() == BLOCKS) {
            judge();
        }
    }

    private void judge() {
        double mean = mean(differences);
        double loss = mean(losses);
        double squares = 0;
        for (double difference : differences) {
            squares += Math.pow(difference - mean, 2);
        }
        double error = Math.sqrt(squares / (BLOCKS - 1) / BLOCKS);
        if (Math.abs(mean) > SHARE * Math.abs(loss) && Math.abs(mean) > T_OF_ONE_IN_A_MILLION * error) {
            doubt = Optional.of(String.format(
                    Locale.ROOT,
                    "The objective train may not be what is trained: over %d steps its loss is %.3g, that of the minibatches"
                            + " %.3g. Give both the same normalizer and labels, and shuffle the minibatches",
                    BLOCKS * BLOCK_STEPS,
                    loss,
                    loss + mean));
        }
    }

    private static double mean(Deque<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
