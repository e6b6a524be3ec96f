package io.lossledger.producer.publish;

/** Why a step was trained but not sent. Its number is missing in the results. */
public enum SkipReason {
    /** Measuring was behind, and training was not to wait. */
    BEHIND,
    /** Kafka took nothing for as long as training was to wait. */
    KAFKA_AWAY,
    /** The step was trained while the ledger's listener was not attached to the network. */
    UNSEEN,
    /** The step could not be measured; the log says why. */
    FAILED
}
