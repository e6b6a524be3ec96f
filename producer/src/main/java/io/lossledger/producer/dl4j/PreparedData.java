package io.lossledger.producer.dl4j;

/** A data set as its {@link GradientEvaluator} has laid it out. Immutable. */
interface PreparedData extends AutoCloseable {
    int examples();

    /** Examples that are evaluated together; the last chunk may be smaller. At most {@link #examples}. */
    int chunkExamples();

    /** Gives memory back before its evaluator is closed. */
    @Override
    void close();
}
