package io.lossledger.streams.letters;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;

/**
 * Rejects a record of the repartition topic that cannot be read, and continues: its step is then counted as missing.
 * Updates are read as plain bytes, so no other record can fail here.
 */
public final class UnreadableChunkHandler implements DeserializationExceptionHandler {
    private DeadLetters letters = new DeadLetters(Map.of());

    @Override
    public void configure(Map<String, ?> configs) {
        letters = new DeadLetters(configs);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception fault) {
        String reason = "record of " + record.topic() + ": must be written by this application. Found: partition "
                + record.partition() + " offset " + record.offset() + ", "
                + (record.value() == null ? 0 : record.value().length)
                + " bytes that cannot be read";
        return Response.resume(
                letters.of(context, record.key(), record.value(), RejectionReason.UNREADABLE_CHUNK, reason));
    }
}
