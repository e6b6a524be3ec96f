package io.lossledger.streams.letters;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about a record that could not be written. If the broker is unavailable, the task waits and tries again, for ever. A
 * row that is larger than its topic accepts is rejected, and booking continues. A refused changelog record stops the
 * processor, because its stores would differ from the changelog.
 *
 * <p>A refusal by the broker aborts the transaction, in which nothing more can be written: the thread is replaced, and {@link
 * LimitedProducer} then refuses the record before it reaches the broker.
 */
public final class RefusedRecordHandler implements ProductionExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(RefusedRecordHandler.class);
    private static final String CHANGELOG = "-changelog";

    private DeadLetters letters = new DeadLetters(Map.of());

    @Override
    public void configure(Map<String, ?> configs) {
        letters = new DeadLetters(configs);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception fault) {
        if (fault instanceof RetriableException) {
            log.warn("A record for {} could not be written yet: {}", record.topic(), fault.toString());
            return Response.retry();
        }
        boolean refusedBeforeSending = fault instanceof RecordRefusedException;
        if (!refusedBeforeSending || record.topic().endsWith(CHANGELOG)) {
            log.error("A record for {} could not be written: {}", record.topic(), fault.toString());
            return Response.fail();
        }
        return Response.resume(
                record.topic().equals(letters.topic())
                        ? letters.shorter(record)
                        : letters.of(
                                context,
                                record.key(),
                                record.value(),
                                RejectionReason.ROW_TOO_LARGE,
                                String.valueOf(fault.getMessage())));
    }

    /** Every message can be written as bytes; if one cannot, this program has a bug. */
    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Response handleSerializationError(
            ErrorHandlerContext context, ProducerRecord record, Exception fault, SerializationExceptionOrigin origin) {
        return Response.fail();
    }
}
