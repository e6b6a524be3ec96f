package io.lossledger.streams.letters;

import java.util.Map;

/** Hears of each record that is set aside, on the processor's threads, several at a time. Must not throw and must not take long. */
public interface RejectionListener {
    /** The setting by which Kafka Streams hands the listener to those whom it makes itself. */
    String CONFIG = "lossledger.rejection.listener";

    /** Does nothing. */
    RejectionListener NONE = reason -> {};

    /** The listener among the settings of Kafka Streams, if there is one. */
    static RejectionListener of(Map<String, ?> configs) {
        return configs.get(CONFIG) instanceof RejectionListener listener ? listener : NONE;
    }

    /** A record that was set aside. */
    void setAside(RejectionReason reason);
}
