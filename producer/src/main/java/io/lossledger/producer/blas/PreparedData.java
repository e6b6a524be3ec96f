package io.lossledger.producer.blas;

/** A data set as its evaluator has laid it out, for that evaluator only. Immutable. */
public interface PreparedData extends AutoCloseable {
    int examples();

    /**
     * Examples that are evaluated together: with batch norm, those of one set of statistics. The last chunk may be smaller. At most
     * {@link #examples}.
     */
    int chunkExamples();

    /** Gives memory back before its evaluator is closed. */
    @Override
    void close();
}
