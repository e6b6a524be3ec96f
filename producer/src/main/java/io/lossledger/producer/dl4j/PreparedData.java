package io.lossledger.producer.dl4j;

/** A data set as its {@link GradientEvaluator} has laid it out. Immutable. */
interface PreparedData {
    int examples();

    /** Examples that are evaluated together; the last chunk may be smaller. At most {@link #examples}. */
    int chunkExamples();
}
