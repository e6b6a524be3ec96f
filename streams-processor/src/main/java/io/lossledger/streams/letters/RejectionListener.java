package io.lossledger.streams.letters;

import java.util.Map;

/**
 * Is called for each rejected record, by several of the processor's threads at a time. Must not throw and must return
 * quickly.
 */
public interface RejectionListener {
    /** The setting through which Kafka Streams passes the listener to the handlers that it creates. */
    String CONFIG = "lossledger.rejection.listener";

    /** Does nothing. */
    RejectionListener NONE = reason -> {};

    /** The listener among the settings of Kafka Streams, if there is one. */
    static RejectionListener of(Map<String, ?> configs) {
        return configs.get(CONFIG) instanceof RejectionListener listener ? listener : NONE;
    }

    /** A record was rejected. */
    void setAside(RejectionReason reason);
}
