package io.lossledger.producer.blas;

/** Examples as an engine has laid them out. For that engine only. Immutable. */
public interface PackedData extends AutoCloseable {
    int examples();

    /** Examples that are evaluated together: with batch norm, those of one set of statistics. */
    int chunkExamples();

    /** Gives the memory back. */
    @Override
    void close();
}
