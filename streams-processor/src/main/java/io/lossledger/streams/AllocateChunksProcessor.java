package io.lossledger.streams;

import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.v1.ChunkPartial;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * First stage: allocates the loss change of each chunk and hands the sums on under the run's key. Keeps no state, so it
 * scales with the partitions of the update topic. A record that cannot be booked is thrown out as
 * {@link InvalidUpdateException}, which {@link DeadLetterHandler} turns into a dead letter.
 */
final class AllocateChunksProcessor extends ContextualProcessor<byte[], byte[], String, ChunkPartial> {
    private final ChunkBooker booker = new ChunkBooker();

    @Override
    public void process(Record<byte[], byte[]> update) {
        ChunkPartial partial = book(update.key(), update.value(), update.timestamp());
        context().forward(update.withKey(partial.getRun()).withValue(partial));
    }

    private ChunkPartial book(byte @Nullable [] key, byte @Nullable [] value, long timestamp) {
        Update update = UpdateParser.parse(key, value);
        try {
            return booker.book(update, timestamp);
        } catch (RuntimeException e) {
            // Stateless, so an update that trips an unknown fault can be set aside without harm to the books.
            throw new InvalidUpdateException("update: could not be allocated: " + e, e);
        }
    }
}
