package io.lossledger.producer.publish;

/** What a step's updates contain. */
public enum UpdateForm {
    /** The update and the averaged gradients: the processor allocates, and a replay may do so again, by parameter too. */
    VECTORS,
    /** Sums over layers and units, allocated here: some kilobytes a step, whatever the size of the model. */
    SUMS
}
