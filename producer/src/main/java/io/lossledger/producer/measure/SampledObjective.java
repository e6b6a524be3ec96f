package io.lossledger.producer.measure;

import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import java.util.Optional;

/**
 * A loss over a set too large to evaluate in every step, estimated on a sample that is drawn anew for each segment. The
 * sample comes in two halves, drawn alike, whose difference tells the error.
 *
 * <p>Draws must be independent of each other and of the minibatches of the training: then every step's LCA is unbiased, the
 * errors of different steps are uncorrelated, and their variances add. Called by one thread at a time.
 */
public non-sealed interface SampledObjective extends LedgerObjective {
    /** Examples in a sample, both halves together. */
    int sampleExamples();

    /** Draws the sample of one segment. */
    Sample draw();

    /**
     * Evaluates the mean loss over the whole set and its gradient, if that can be had. It is asked for seldom, see {@link
     * SampledMeasurer}, and makes the sampling error a good deal smaller.
     */
    default Optional<Evaluation> evaluateAll(FlatVector parameters) {
        return Optional.empty();
    }

    /** One sample, fixed while a segment is measured. */
    interface Sample {
        /** Evaluates the mean loss over each half, and its gradient. */
        Halves evaluate(FlatVector parameters);
    }

    /** What the two halves say at one point; both weigh the same. */
    record Halves(Evaluation first, Evaluation second) {}
}
