package io.lossledger.protocol;

import io.lossledger.protocol.v1.Update;

/** The record key of {@code lossledger.update}. Equal keys lie in one partition and so stay in step order. */
public final class UpdateKey {
    private UpdateKey() {}

    /** {@code run|tensor|chunk}, the numbers in decimal; the run for a request to end or delete it. */
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
