package io.lossledger.protocol;

import io.lossledger.protocol.v1.Update;

/** The record key of {@code lossledger.update}. Equal keys lie in one partition and so stay in step order. */
public final class UpdateKey {
    private UpdateKey() {}

    /** {@code run|tensor|chunk}, the numbers in decimal. */
    public static String of(Update update) {
        return update.getRun()
                + '|'
                + Integer.toUnsignedString(update.getTensor())
                + '|'
                + Integer.toUnsignedString(update.getChunk());
    }
}
