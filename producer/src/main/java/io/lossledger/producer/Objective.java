package io.lossledger.producer;

/**
 * A loss over a fixed set of examples, as a function of the model's flat parameters. Called by one thread at a time;
 * implementations may use more inside.
 */
public interface Objective {
    /** The loss, and its gradient by the flat parameters. */
    record Evaluation(double loss, FlatVector gradient) {}

    /** Name in the ledger, such as {@code train}. */
    String name();

    /** Weight in a sum of objectives; 1 when it stands alone. */
    double weight();

    /** Examples in the set. */
    int examples();

    /**
     * Evaluates the mean loss over the set and its gradient.
     *
     * @param parameters flat parameters; the gradient has the same length and element type
     */
    Evaluation evaluate(FlatVector parameters);
}
