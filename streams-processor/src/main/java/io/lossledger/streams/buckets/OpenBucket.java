package io.lossledger.streams.buckets;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.SquareSums;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Places;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.BucketBook;
import io.lossledger.streams.v1.BucketLayer;
import io.lossledger.streams.v1.BucketObjective;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.RunBook;
import java.util.List;

/**
 * Opens, fills and closes the buckets of a run, one after the other. A bucket grows with the steps before it, so that a run of any
 * length has few. Only runs that have buckets from their first step on have any, and a run that loses its bucket gets no more. Stateless.
 */
public final class OpenBucket {
    static final int FEWEST_STEPS = 4;
    /** A bucket holds at most this share of the steps before it, so that a chart of 2,048 points never needs smaller ones. */
    private static final int SHARE = 1_024;

    private OpenBucket() {}

    /** The number of steps in a bucket that begins after some booked steps: a power of two that divides them. */
    static int steps(int before) {
        return Math.max(FEWEST_STEPS, Integer.highestOneBit(before / SHARE));
    }

    /**
     * Enters a step that the book of the whole run already contains.
     *
     * @return the rows of the bucket if the step fills it
     */
    public static List<Row> enter(RunBook.Builder book, BalancedStep step) {
        int booked = book.getWholeRun().getSteps();
        if (booked == 1) {
            book.setBucket(BucketBook.getDefaultInstance());
        } else if (!holdsAll(book, booked - 1)) {
            book.clearBucket();
            return List.of();
        }
        BucketBook.Builder bucket = book.getBucketBuilder().setStepsBooked(booked);
        int expected = 0;
        for (BalancedStep.Objective objective : step.objectives()) {
            if (objective.isWholeUpdate()) {
                int place = place(bucket, expected, objective.facts());
                add(bucket.getObjectivesBuilder(place), step, objective);
                expected = place + 1;
            }
        }
        if (booked - bucket.getStepsBefore() < steps(bucket.getStepsBefore())) {
            return List.of();
        }
        List<Row> rows = BucketRows.of(step.run(), bucket.build(), book.getWholeRun());
        book.setBucket(BucketBook.newBuilder().setStepsBefore(booked).setStepsBooked(booked));
        return rows;
    }

    /** Closes the last bucket when a run ends; the book of the whole run does not contain the steps missing at its end. */
    public static List<Row> close(RunBook.Builder book, String run, int outcome) {
        return holdsAll(book, book.getWholeRun().getSteps())
                ? BucketRows.ofEnd(run, book.getBucket(), book.getWholeRun(), outcome)
                : List.of();
    }

    /** False if an earlier version, such as one that takes turns during an upgrade, has booked steps since the bucket began. */
    private static boolean holdsAll(RunBook.Builder book, int booked) {
        return book.hasBucket() && book.getBucket().getStepsBooked() == booked;
    }

    private static int place(BucketBook.Builder bucket, int expected, ObjectiveFacts facts) {
        int place = Places.find(
                expected,
                bucket.getObjectivesCount(),
                i -> bucket.getObjectives(i).getObjective().equals(facts.getName())
                        && bucket.getObjectives(i).getStratum().equals(facts.getStratum()));
        if (place < 0) {
            bucket.addObjectivesBuilder().setObjective(facts.getName()).setStratum(facts.getStratum());
            return bucket.getObjectivesCount() - 1;
        }
        return place;
    }

    private static void add(BucketObjective.Builder bucket, BalancedStep step, BalancedStep.Objective objective) {
        if (bucket.getSteps() == 0) {
            bucket.setFirstStep(step.step());
        }
        AllocationSums model = objective.model();
        bucket.setSteps(bucket.getSteps() + 1)
                .setLastStep(step.step())
                .setTime(step.time())
                .setLossEnd(objective.facts().getLossEnd())
                .setHelpedParameters(bucket.getHelpedParameters() + model.helped())
                .setHurtParameters(bucket.getHurtParameters() + model.hurt())
                .setZeroParameters(bucket.getZeroParameters() + model.zero());
        if (step.facts().hasMinibatchLoss()) {
            bucket.setMinibatchLoss(bucket.getMinibatchLoss() + step.facts().getMinibatchLoss())
                    .setMinibatches(bucket.getMinibatches() + 1);
        }
        if (step.facts().hasLearningRate()) {
            bucket.setLearningRate(step.facts().getLearningRate());
        }
        objective.samplingError().ifPresent(error -> {
            double square = error * error;
            bucket.setErrorSteps(bucket.getErrorSteps() + 1)
                    .setErrorSquares(bucket.getErrorSquares() + square)
                    .setErrorFourths(bucket.getErrorFourths() + square * square);
        });
        addLayers(bucket, objective.layers());
    }

    /** Both lists are in layer order, so one walk merges them. */
    private static void addLayers(BucketObjective.Builder bucket, List<BalancedStep.Layer> layers) {
        int at = 0;
        for (BalancedStep.Layer layer : layers) {
            while (at < bucket.getLayersCount() && bucket.getLayers(at).getLayerIndex() < layer.index()) {
                at++;
            }
            if (at == bucket.getLayersCount() || bucket.getLayers(at).getLayerIndex() != layer.index()) {
                bucket.addLayers(at, BucketLayer.newBuilder().setLayerIndex(layer.index()));
            }
            add(bucket.getLayersBuilder(at), layer);
        }
    }

    private static void add(BucketLayer.Builder bucket, BalancedStep.Layer layer) {
        AllocationSums sums = layer.sums();
        bucket.setSteps(bucket.getSteps() + 1)
                .setLca(bucket.getLca() + sums.sum())
                .setHelp(bucket.getHelp() + sums.help())
                .setHarm(bucket.getHarm() + sums.harm());
        SquareSums squares = sums.squares();
        if (squares != null) {
            double gradient = squares.gradientNorm();
            double delta = squares.deltaNorm();
            bucket.setNormSteps(bucket.getNormSteps() + 1)
                    .setGradientNorm(bucket.getGradientNorm() + gradient)
                    .setDeltaNorm(bucket.getDeltaNorm() + delta)
                    .setNormProduct(bucket.getNormProduct() + gradient * delta);
        }
        layer.samplingError().ifPresent(error -> {
            double square = error * error;
            bucket.setErrorSteps(bucket.getErrorSteps() + 1)
                    .setErrorSquares(bucket.getErrorSquares() + square)
                    .setErrorFourths(bucket.getErrorFourths() + square * square);
        });
    }
}
