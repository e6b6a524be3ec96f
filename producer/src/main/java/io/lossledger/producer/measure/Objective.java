package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;

/**
 * A loss over a fixed set of examples, as a function of the model's flat parameters. Implement it to measure your own
 * loss. Called by one thread at a time; implementations may use more threads internally.
 */
public non-sealed interface Objective extends LedgerObjective {
    /** The loss, and its gradient with respect to the flat parameters. */
    record Evaluation(double loss, FlatVector gradient) {}

    /**
     * Evaluates the mean loss over the set and its gradient.
     *
     * @param parameters flat parameters; the gradient has the same length and element type
     */
    Evaluation evaluate(FlatVector parameters);
}
