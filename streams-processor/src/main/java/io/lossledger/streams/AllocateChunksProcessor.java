package io.lossledger.streams;

import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.v1.ChunkPartial;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * First stage: allocates the loss change of each chunk and hands the sums on under the run's key. Keeps no state, so it
 * scales with the partitions of the update topic. A record that cannot be booked is thrown out as
 * {@link InvalidUpdateException}, which {@link DeadLetterHandler} turns into a dead letter. The sums go on with the place of their update in the headers.
 */
final class AllocateChunksProcessor extends ContextualProcessor<byte[], byte[], String, ChunkPartial> {
    /** Leaves room for the record's key and headers on the way to the second stage. */
    static final int MAX_PARTIAL_BYTES = ProcessorSettings.MAX_RECORD_BYTES - (64 << 10);

    private final ChunkBooker booker = new ChunkBooker();

    @Override
    public void process(Record<byte[], byte[]> update) {
        ChunkPartial partial = book(update.key(), update.value(), update.timestamp());
        // The place alone goes on; whatever else a producer has put into the headers could be as large as a record.
        Headers origin = context()
                .recordMetadata()
                .map(place -> DeadLetters.origin(place.topic(), place.partition(), place.offset()))
                .orElseGet(RecordHeaders::new);
        context().forward(update.withKey(partial.getRun()).withValue(partial).withHeaders(origin));
    }

    private ChunkPartial book(byte @Nullable [] key, byte @Nullable [] value, long timestamp) {
        Update update = UpdateParser.parse(key, value);
        ChunkPartial partial;
        try {
            partial = booker.book(update, timestamp);
        } catch (RuntimeException e) {
            // Stateless, so an update that trips an unknown fault can be set aside without harm to the books.
            throw new InvalidUpdateException("update: could not be allocated: " + e, e);
        }
        int bytes = partial.getSerializedSize();
        if (bytes > MAX_PARTIAL_BYTES) {
            throw new InvalidUpdateException("update: its sums must take at most " + MAX_PARTIAL_BYTES
                    + " bytes. Found: " + bytes + " (send smaller chunks, or fewer objectives and parts)");
        }
        return partial;
    }
}
