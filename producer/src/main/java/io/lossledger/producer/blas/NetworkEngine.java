package io.lossledger.producer.blas;

import io.lossledger.producer.blas.kernel.FusedMultiplyAdd;
import io.lossledger.producer.blas.kernel.Rows;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;

/**
 * Evaluates the mean loss of a network and its gradient at any parameters. The result is the same to the bit for any
 * number of threads. To be used by one thread at a time.
 *
 * <p>Memory for K parameters: up to 17 vectors of K elements off the heap, and a double vector. Each thread needs some
 * megabytes and the outputs of all nodes for 16 to 512 examples; with batch norm, for all examples of a chunk. The data
 * come on top. Side by side, up to eight threads need that a second time, two vectors off the heap, and a double vector each. An
 * evaluation allocates only its result and some small objects.
 */
public interface NetworkEngine extends AutoCloseable {
    /**
     * Creates an engine.
     *
     * @param type precision of evaluation
     * @param threads threads that share the work, at least 1; more than 16 do not help
     * @throws LinkageError when the BLAS library cannot be loaded
     * @throws OutOfMemoryError when there is not enough memory, on or off the heap
     */
    static NetworkEngine of(NetworkPlan plan, ElementType type, int threads) {
        return of(
                plan, type, threads, FusedMultiplyAdd.FAST, Runtime.getRuntime().maxMemory() / 2);
    }

    /**
     * Creates an engine.
     *
     * @param fused whether {@link Math#fma} is fast
     * @param mostBytes memory that the examples of one set of batch statistics may use
     */
    static NetworkEngine of(NetworkPlan plan, ElementType type, int threads, boolean fused, long mostBytes) {
        return type == ElementType.ELEMENT_TYPE_FLOAT64
                ? new DoubleEngine(plan, threads, fused, mostBytes)
                : new FloatEngine(plan, threads, fused, mostBytes);
    }

    /**
     * Copies examples.
     *
     * @param features one example a row, in the order channels, rows, columns
     * @param labels one example a row, as wide as the output of the network
     * @param chunkExamples examples of one set of batch statistics, at least 1; fewer if these do not fit in half of
     *     the heap; without batch norm, whatever is fast
     */
    PreparedData pack(Rows features, Rows labels, int examples, int chunkExamples);

    /**
     * Copies examples that are evaluated with {@link #evaluateEach}, and allocates the memory for that: for one thread, if {@link #pack}
     * would share them between two at most, and K is at most a million; else as {@link #pack} does. Arguments are the same.
     */
    PreparedData packBeside(Rows features, Rows labels, int examples, int chunkExamples);

    /** The mean loss over the examples and its gradient. */
    Evaluation evaluate(PreparedData data, FlatVector parameters);

    /**
     * Answers requests side by side, each on one thread, if all of their examples are packed for one; else one after the other.
     */
    List<Evaluation> evaluateEach(List<Request> requests);

    /**
     * The mean loss and its gradient are wanted.
     *
     * @param data examples that the same engine has packed
     * @param parameters flat parameters
     */
    record Request(PreparedData data, FlatVector parameters) {}

    @Override
    void close();
}
