package io.lossledger.producer.measure;

import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import java.util.List;
import java.util.Optional;

/**
 * A loss over a set too large to evaluate in every step, estimated on a new sample for each segment. The sample
 * consists of two halves, drawn in the same way, whose difference shows the error.
 *
 * <p>Draws must be independent of each other and of the minibatches of the training: then every step's LCA is unbiased, the
 * errors of different steps are uncorrelated, and their variances add. Called by one thread at a time.
 */
public non-sealed interface SampledObjective extends LedgerObjective {
    /** The number of examples in a sample, both halves together. */
    int sampleExamples();

    /** Draws the sample of one segment. */
    Sample draw();

    /**
     * Begins to evaluate the mean loss over the whole set and its gradient, if that is possible. It is rarely called (see
     * {@link SampledMeasurer}) and reduces the sampling error considerably. Samples are drawn while the pass goes on.
     */
    default Optional<Pass> evaluateAll(FlatVector parameters) {
        return Optional.empty();
    }

    /** An evaluation of the whole set at one point, in portions. */
    interface Pass {
        /**
         * Evaluates more of the set; empty until this was the last portion.
         *
         * @param samples size of the portion, in samples
         */
        Optional<Evaluation> advance(int samples);

        /** Whether it has ended without a result, and is not to be asked for more. */
        default boolean hasEnded() {
            return false;
        }
    }

    /** One sample, which does not change while a segment is measured. */
    interface Sample {
        /** Evaluates the mean loss over each half, and its gradient. */
        Halves evaluate(FlatVector parameters);

        /** Does the same at several points, side by side if possible. */
        default List<Halves> evaluateEach(List<FlatVector> points) {
            return points.stream().map(this::evaluate).toList();
        }
    }

    /** The values of the two halves at one point; both have the same weight. */
    record Halves(Evaluation first, Evaluation second) {}
}
