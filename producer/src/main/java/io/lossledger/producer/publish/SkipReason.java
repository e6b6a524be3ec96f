package io.lossledger.producer.publish;

/** Why a step was trained but not sent. The step is missing in the results. */
public enum SkipReason {
    /** Measuring fell behind, and training was not allowed to wait. */
    BEHIND,
    /** Kafka accepted nothing for as long as training may wait. */
    KAFKA_AWAY,
    /** The step was trained while the ledger's listener was not attached to the network. */
    UNSEEN,
    /** The step could not be measured; the log says why. */
    FAILED
}
