package io.lossledger.streams.letters;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a record that could not be written. A broker that is away: the task waits and does it again, for ever. A
 * row that is larger than its topic takes: set aside, and the books go on. A changelog's record: stops the processor,
 * because its stores would not be what the changelog says.
 *
 * <p>A broker's own refusal has spoilt the transaction, in which nothing can be written any more: the thread is replaced,
 * and {@link LimitedProducer} then refuses the record before it gets that far.
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

    /** Every message can be written as bytes; if one cannot, that is a fault of this program. */
    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Response handleSerializationError(
            ErrorHandlerContext context, ProducerRecord record, Exception fault, SerializationExceptionOrigin origin) {
        return Response.fail();
    }
}
