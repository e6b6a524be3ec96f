package io.lossledger.producer.blas;

/** Examples as an engine has laid them out. For that engine only. Immutable. */
public interface PackedData {
    int examples();

    /** Examples that are evaluated together: with batch norm, those of one set of statistics. */
    int chunkExamples();
}
