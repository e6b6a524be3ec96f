package io.lossledger.producer.blas;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.protocol.v1.ElementType;

/**
 * Evaluates the mean loss of a network and its gradient at any parameters. The result has the same bits whatever the number of
 * threads. To be used by one thread at a time.
 */
public interface NetworkEngine extends AutoCloseable {
    /**
     * Makes an engine.
     *
     * @param type precision of evaluation
     * @param threads threads that share the work, at least 1
     */
    static NetworkEngine of(NetworkPlan plan, ElementType type, int threads) {
        return type == ElementType.ELEMENT_TYPE_FLOAT64
                ? new DoubleEngine(plan, threads)
                : new FloatEngine(plan, threads);
    }

    /**
     * Copies examples.
     *
     * @param features one example a row, in the order channels, rows, columns
     * @param labels one example a row, as wide as the output of the network
     * @param chunkExamples examples of one set of batch statistics, at least 1; fewer are taken if so many do not fit in half of
     *     the heap, and without batch norm as many as is fast
     */
    PackedData pack(Rows features, Rows labels, int examples, int chunkExamples);

    /** The mean loss over the examples and its gradient. */
    Evaluation evaluate(PackedData data, FlatVector parameters);

    @Override
    void close();
}
