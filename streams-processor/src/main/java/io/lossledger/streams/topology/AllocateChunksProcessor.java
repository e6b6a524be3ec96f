package io.lossledger.streams.topology;

import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.letters.DeadLetterHandler;
import io.lossledger.streams.letters.DeadLetters;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.v1.ChunkPartial;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * First stage: allocates the loss change of each chunk and forwards the sums under the run's key. Keeps no state, so it
 * scales with the partitions of the update topic. For a record that cannot be booked it throws an {@link
 * InvalidUpdateException}, which {@link DeadLetterHandler} turns into a dead letter. The headers of the sums name the
 * position of their update.
 */
final class AllocateChunksProcessor extends ContextualProcessor<byte[], byte[], String, ChunkPartial> {
    private final UpdateAllocator allocator = new UpdateAllocator(Optional.empty());

    @Override
    public void process(Record<byte[], byte[]> update) {
        ChunkPartial partial = allocator.allocate(UpdateParser.parse(update.key(), update.value()), update.timestamp());
        // Only the position is forwarded: other headers of a producer could be as large as a record.
        Headers origin = context()
                .recordMetadata()
                .map(place -> DeadLetters.origin(place.topic(), place.partition(), place.offset()))
                .orElseGet(RecordHeaders::new);
        context().forward(update.withKey(partial.getRun()).withValue(partial).withHeaders(origin));
    }
}
