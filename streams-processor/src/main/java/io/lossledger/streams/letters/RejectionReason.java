package io.lossledger.streams.letters;

import java.util.Locale;

/** Why a record is in the dead-letter topic, for counting; the letter itself holds the whole reason. */
public enum RejectionReason {
    /** An update that breaks the contract. */
    INVALID_UPDATE,
    /** Chunks that do not make a step which can be booked. */
    UNBOOKABLE_STEP,
    /** A record of the repartition topic that cannot be read. */
    UNREADABLE_CHUNK,
    /** A row that is larger than its topic takes. */
    ROW_TOO_LARGE;

    /** As in metrics, such as {@code invalid-update}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
