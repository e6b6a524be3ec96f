package io.lossledger.streams.check;

import org.jspecify.annotations.Nullable;

/**
 * A record of the update topic as it was sent.
 *
 * @param partition its partition, or {@link #NO_PARTITION} when it comes from a file
 * @param position its offset, or its number in a file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and large
public record SentRecord(int partition, long position, byte @Nullable [] key, byte @Nullable [] value) {
    public static final int NO_PARTITION = -1;

    String place() {
        return partition == NO_PARTITION ? "record " + position : "partition " + partition + ", offset " + position;
    }
}
