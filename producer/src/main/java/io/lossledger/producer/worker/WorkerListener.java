package io.lossledger.producer.worker;

/** Receives what a worker does, on the worker's own thread. */
public interface WorkerListener {
    /** Ignores everything. */
    WorkerListener NONE = new WorkerListener() {};

    /**
     * A block is written.
     *
     * @param run the run that is booked
     * @param segments its measured segments
     * @param lostSteps its steps that no segment covers, or whose segment could not be measured
     */
    default void blockWritten(String run, int block, int segments, int lostSteps) {}

    /** Steps of a run are lost of which nothing was left in the topic. */
    default void lost(String run, int steps) {}

    /** A record of the trajectory breaks the contract, and is left out. */
    default void invalidPoint(String reason) {}

    /** A run cannot be measured by this worker, and is left to others. */
    default void leftOut(String run, String reason) {}

    /** One line for the person who started the worker. */
    default void said(String line) {}
}
