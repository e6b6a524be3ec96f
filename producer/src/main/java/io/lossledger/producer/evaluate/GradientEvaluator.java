package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import java.util.List;
import java.util.Optional;

/**
 * Evaluates the mean loss of one network and its gradient at any parameters, in a fixed precision. To be called by one
 * thread at a time; may use more threads internally.
 */
interface GradientEvaluator extends AutoCloseable {
    /** The name of the evaluator in the ledger. */
    String name();

    /**
     * Prepares a data set, once.
     *
     * @param chunkExamples examples that are evaluated together, at least 1: the batch of the batch statistics
     * @throws IllegalArgumentException when {@code chunkExamples} is less, or the evaluator cannot handle such data
     */
    PreparedData prepare(Batch data, int chunkExamples);

    /**
     * The mean loss over the examples, and its gradient.
     *
     * @param data data that this evaluator has prepared
     * @param parameters flat parameters; the gradient is as long
     */
    Evaluation evaluate(PreparedData data, FlatVector parameters);

    /** Prepares a data set for {@link #evaluateEach}; otherwise the same. */
    PreparedData prepareBeside(Batch data, int chunkExamples);

    /**
     * Does the same with examples that are read in place; empty when this evaluator cannot.
     *
     * @param indices which examples, in this order
     */
    default Optional<PreparedData> prepareBeside(Examples examples, int[] indices, int chunkExamples) {
        return Optional.empty();
    }

    /**
     * Answers each request separately, side by side if possible.
     *
     * @param requests with data that this evaluator has prepared
     */
    List<Evaluation> evaluateEach(List<Request> requests);

    @Override
    void close();
}
