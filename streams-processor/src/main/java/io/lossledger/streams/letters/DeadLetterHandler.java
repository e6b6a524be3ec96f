package io.lossledger.streams.letters;

import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets a record that cannot be booked aside in the dead-letter topic, within the transaction, and goes on; stops on any
 * other fault, because going on would leave a hole in the books. Kafka Streams counts what is set aside as
 * {@code dropped-records}.
 */
public final class DeadLetterHandler implements ProcessingExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(DeadLetterHandler.class);

    private DeadLetters letters = new DeadLetters(Map.of());

    @Override
    public void configure(Map<String, ?> configs) {
        letters = new DeadLetters(configs);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception fault) {
        if (fault instanceof InvalidUpdateException) {
            RejectionReason kind = fault instanceof UnbookableStepException
                    ? RejectionReason.UNBOOKABLE_STEP
                    : RejectionReason.INVALID_UPDATE;
            return Response.resume(letters.ofSource(context, kind, String.valueOf(fault.getMessage())));
        }
        if (!RecoverableFailures.isRecoverable(fault)) {
            log.error(
                    "Stopped at {} partition {} offset {}",
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    fault);
        }
        return Response.fail();
    }
}
