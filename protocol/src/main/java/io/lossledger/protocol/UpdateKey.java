package io.lossledger.protocol;

import io.lossledger.protocol.v1.Update;

/** The record key of {@code lossledger.update}. Equal keys go to one partition, so their records stay in step order. */
public final class UpdateKey {
    private UpdateKey() {}

    /** {@code run|tensor|chunk}, the numbers in decimal; for a request to end or delete a run, the run id. */
    public static String of(Update update) {
        if (update.hasRequest()) {
            return update.getRun();
        }
        return update.getRun()
                + '|'
                + Integer.toUnsignedString(update.getTensor())
                + '|'
                + Integer.toUnsignedString(update.getChunk());
    }
}
