package io.lossledger.streams.replay;

import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.UnfitRuleException;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.topology.LedgerTopology;
import io.lossledger.streams.v1.ChunkPartial;
import org.jspecify.annotations.Nullable;

/**
 * A record of the update topic that is parsed and allocated, or what was wrong with it: all that does not depend on other records.
 * Where a range cuts updates, they are allocated after that.
 */
final class AllocatedRecord {
    private final @Nullable Update update;
    private final @Nullable ChunkPartial partial;
    private final @Nullable RuntimeException fault;
    private final long timestampMillis;

    private AllocatedRecord(
            @Nullable Update update,
            @Nullable ChunkPartial partial,
            @Nullable RuntimeException fault,
            long timestampMillis) {
        this.update = update;
        this.partial = partial;
        this.fault = fault;
        this.timestampMillis = timestampMillis;
    }

    /**
     * Throws only what is a bug.
     *
     * @param range the steps to book
     */
    static AllocatedRecord of(
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            StepRange range,
            UpdateAllocator allocator) {
        long timestamp = LedgerTopology.inRange(timestampMillis);
        Update update = null;
        try {
            update = UpdateParser.parse(key, value);
            ChunkPartial sums = range.equals(StepRange.ALL) ? allocator.allocate(update, timestamp) : null;
            return new AllocatedRecord(update, sums, null, timestamp);
        } catch (InvalidUpdateException | UnfitRuleException e) {
            return new AllocatedRecord(update, null, e, timestamp);
        }
    }

    /** Null when the record broke the contract. */
    @Nullable
    Update update() {
        return update;
    }

    /** The time of the record, in milliseconds since 1970. */
    long timestampMillis() {
        return timestampMillis;
    }

    /** The sums of the chunk; throws what was wrong with the record. */
    ChunkPartial partial() {
        if (partial == null) {
            throw fault == null ? new IllegalStateException("The record was not allocated") : fault;
        }
        return partial;
    }
}
