package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import java.util.List;

/**
 * Evaluates the mean loss of one network and its gradient at any parameters, in the precision it was made for. To be called
 * by one thread at a time; may use more inside.
 */
interface GradientEvaluator extends AutoCloseable {
    /** What computes, in the ledger. */
    String name();

    /**
     * Lays a data set out, once.
     *
     * @param chunkExamples examples that are evaluated together, at least 1: the batches of the batch statistics
     * @throws IllegalArgumentException when {@code chunkExamples} is less, or the evaluator cannot lay such data out
     */
    PreparedData prepare(Batch data, int chunkExamples);

    /**
     * The mean loss over the examples, and its gradient.
     *
     * @param data what this evaluator has prepared
     * @param parameters flat parameters; the gradient is as long
     */
    Evaluation evaluate(PreparedData data, FlatVector parameters);

    /**
     * The mean loss over each data set on its own, and its gradient.
     *
     * @param data what this evaluator has prepared
     */
    List<Evaluation> evaluateEach(List<PreparedData> data, FlatVector parameters);

    @Override
    void close();
}
