package io.lossledger.streams;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.StreamsConfig;
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

    private static final int MAX_REASON = 500;

    private final AtomicLong rejected = new AtomicLong();
    private String topic = "";

    @Override
    public void configure(Map<String, ?> configs) {
        topic = String.valueOf(configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG));
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception fault) {
        if (!(fault instanceof InvalidUpdateException)) {
            log.error(
                    "Stopped at {} partition {} offset {}",
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    fault);
            return Response.fail();
        }
        String reason = shorten(String.valueOf(fault.getMessage()));
        long count = rejected.incrementAndGet();
        if (Long.bitCount(count) == 1) { // the 1st, 2nd, 4th, 8th ...: a broken producer must not flood the log
            log.warn(
                    "Rejected {} so far, now the record at {} partition {} offset {}: {}",
                    count,
                    context.topic(),
                    context.partition(),
                    context.offset(),
                    reason);
        }
        Headers headers = new RecordHeaders(context.headers().toArray());
        add(headers, "lossledger.reason", reason);
        add(headers, "lossledger.topic", context.topic());
        add(headers, "lossledger.partition", Integer.toString(context.partition()));
        add(headers, "lossledger.offset", Long.toString(context.offset()));
        return Response.resume(List.of(new ProducerRecord<>(
                topic, null, context.timestamp(), context.sourceRawKey(), context.sourceRawValue(), headers)));
    }

    /** A reason may quote what it found, and that may be a megabyte. */
    private static String shorten(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "...";
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
