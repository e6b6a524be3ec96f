package io.lossledger.streams.letters;

import io.lossledger.protocol.TopicSettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters: the received bytes with their original headers, the reason and the origin. A letter that is too large
 * for the dead-letter topic is cut, and a header says so. Each letter is counted; the log reports the 1st, 2nd, 4th, 8th
 * ... so that a broken producer does not flood it. Thread-safe.
 */
public final class DeadLetters {
    /** Why the record was rejected. */
    public static final String REASON = "lossledger.reason";
    /** Origin of the record: its topic. */
    static final String TOPIC = "lossledger.topic";

    static final String PARTITION = "lossledger.partition";
    static final String OFFSET = "lossledger.offset";
    /** Bytes of the value before it was cut; absent when it is whole. */
    static final String TRUNCATED = "lossledger.truncated";

    /** Leaves room for the record's own fields and this class's headers. */
    static final int MAX_LETTER_BYTES = TopicSettings.DEFAULT_RESULT_BYTES - (64 << 10);

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
    private static final Set<String> OWN = Set.of(REASON, TOPIC, PARTITION, OFFSET, TRUNCATED);
    private static final int MAX_REASON = 500;
    private static final int MAX_KEY_BYTES = 1 << 20;
    private static final int MAX_HEADER_BYTES = 1 << 20;
    private static final String INTERNAL = "-repartition";

    private final AtomicLong count = new AtomicLong();
    private final RejectionListener listener;
    private final String topic;

    DeadLetters(Map<String, ?> configs) {
        listener = RejectionListener.of(configs);
        topic = String.valueOf(configs.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG));
    }

    String topic() {
        return topic;
    }

    /** The letter for the record that was being processed. */
    List<ProducerRecord<byte[], byte[]>> ofSource(ErrorHandlerContext context, RejectionReason kind, String reason) {
        return of(context, context.sourceRawKey(), context.sourceRawValue(), kind, reason);
    }

    /** The letter for a record that came of the one being processed, or was read in its place. */
    List<ProducerRecord<byte[], byte[]>> of(
            ErrorHandlerContext context,
            byte @Nullable [] key,
            byte @Nullable [] value,
            RejectionReason kind,
            String reason) {
        listener.setAside(kind);
        Origin origin = Origin.of(context);
        String shortReason = shorten(reason);
        tell(origin, shortReason);
        Headers headers = new RecordHeaders();
        int headerBytes = 0;
        for (Header header : context.headers()) {
            headerBytes += size(header);
            if (!OWN.contains(header.key()) && headerBytes <= MAX_HEADER_BYTES) {
                headers.add(header);
            }
        }
        add(headers, REASON, shortReason);
        add(headers, TOPIC, origin.topic());
        add(headers, PARTITION, origin.partition());
        add(headers, OFFSET, origin.offset());
        byte[] shortKey = cut(key, MAX_KEY_BYTES);
        int room = MAX_LETTER_BYTES - MAX_HEADER_BYTES - (shortKey == null ? 0 : shortKey.length);
        return List.of(letter(context.timestamp(), shortKey, value, room, headers));
    }

    /** The same letter with a sixteenth of its value, for a topic that takes less than the catalogue says. */
    List<ProducerRecord<byte[], byte[]>> shorter(ProducerRecord<byte[], byte[]> letter) {
        byte[] value = letter.value();
        if (value == null || value.length == 0) {
            log.error("{} cannot take a dead letter even without its value: it is lost", topic);
            return List.of();
        }
        return List.of(letter(letter.timestamp(), letter.key(), value, value.length / 16, letter.headers()));
    }

    private ProducerRecord<byte[], byte[]> letter(
            @Nullable Long timestamp, byte @Nullable [] key, byte @Nullable [] value, int room, Headers headers) {
        if (value != null && value.length > room && headers.lastHeader(TRUNCATED) == null) {
            add(headers, TRUNCATED, Integer.toString(value.length));
        }
        Long known = timestamp == null || timestamp < 0 ? null : timestamp;
        return new ProducerRecord<>(topic, null, known, key, cut(value, room), headers);
    }

    private void tell(Origin origin, String reason) {
        long rejected = count.incrementAndGet();
        if (Long.bitCount(rejected) == 1) {
            log.warn(
                    "Rejected {} so far, now the record at {} partition {} offset {}: {}",
                    rejected,
                    origin.topic(),
                    origin.partition(),
                    origin.offset(),
                    reason);
        }
    }

    /** Adds the place of the record of the update topic, for faults that show in the second stage. */
    public static Headers origin(String topic, int partition, long offset) {
        Headers headers = new RecordHeaders();
        add(headers, TOPIC, topic);
        add(headers, PARTITION, Integer.toString(partition));
        add(headers, OFFSET, Long.toString(offset));
        return headers;
    }

    private record Origin(String topic, String partition, String offset) {
        /** Headers are believed only where this application wrote them. */
        static Origin of(ErrorHandlerContext context) {
            String topic = String.valueOf(context.topic());
            boolean internal = topic.endsWith(INTERNAL);
            return new Origin(
                    internal ? text(context.headers(), TOPIC, topic) : topic,
                    internal
                            ? text(context.headers(), PARTITION, Integer.toString(context.partition()))
                            : Integer.toString(context.partition()),
                    internal
                            ? text(context.headers(), OFFSET, Long.toString(context.offset()))
                            : Long.toString(context.offset()));
        }

        private static String text(Headers headers, String name, String otherwise) {
            Header header = headers.lastHeader(name);
            return header == null || header.value() == null
                    ? otherwise
                    : new String(header.value(), StandardCharsets.UTF_8);
        }
    }

    private static int size(Header header) {
        return header.key().length() + Objects.requireNonNullElse(header.value(), new byte[0]).length;
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int room) {
        return bytes == null || bytes.length <= room ? bytes : Arrays.copyOf(bytes, room);
    }

    /** A reason may quote what it found, and that may be a megabyte. */
    private static String shorten(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "...";
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
