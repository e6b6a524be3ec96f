package io.lossledger.producer.evaluate;

/** A data set as its {@link GradientEvaluator} has laid it out. Immutable. */
public interface PreparedData extends AutoCloseable {
    int examples();

    /** Examples that are evaluated together; the last chunk may be smaller. At most {@link #examples}. */
    int chunkExamples();

    /** Gives memory back before its evaluator is closed. */
    @Override
    void close();
}
