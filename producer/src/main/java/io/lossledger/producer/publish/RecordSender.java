package io.lossledger.producer.publish;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the records of a run to Kafka's producer and counts what becomes of them. {@link #offer} and {@link #deliver} belong to one
 * thread; the counts may be read by any.
 */
final class RecordSender {
    private static final Logger log = LoggerFactory.getLogger(RecordSender.class);
    private static final long RETRY_MILLIS = 100;
    private static final Object HANDED_OVER = new Object();

    private final Producer<String, byte[]> producer;
    private final PublisherSettings settings;
    private final String run;
    private final UnsentBytes unsent;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong failedRecords = new AtomicLong();
    private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

    RecordSender(Producer<String, byte[]> producer, PublisherSettings settings, String run) {
        this.producer = producer;
        this.settings = settings;
        this.run = run;
        this.unsent = new UnsentBytes(settings.maxUnsentBytes(), settings.patience());
    }

    /** Waits until so many more bytes fit into the buffer; false when they do not because Kafka is away. */
    boolean awaitRoom(long needed) {
        return unsent.awaitRoom(needed);
    }

    /**
     * Hands a record over. When Kafka does not take it in the end, that is counted.
     *
     * @return why it was refused at once, which is not counted: the buffer is full, or Kafka is away
     */
    Optional<Exception> offer(ProducerRecord<String, byte[]> record) {
        return offer(record, this::failed);
    }

    /**
     * Sends records and waits until each is acknowledged or lost. What Kafka does not take is sent again for {@code
     * delivery.timeout.ms}.
     */
    void deliver(List<ProducerRecord<String, byte[]>> last) {
        long deadline = System.nanoTime() + settings.deliveryTimeout().toNanos();
        List<ProducerRecord<String, byte[]>> open = last;
        while (!open.isEmpty()) {
            Map<ProducerRecord<String, byte[]>, Exception> refused = tryToDeliver(open);
            boolean again = System.nanoTime() < deadline && (refused.isEmpty() || pause());
            open = new ArrayList<>();
            for (var entry : refused.entrySet()) {
                if (again && entry.getValue() instanceof RetriableException) {
                    open.add(entry.getKey());
                } else {
                    failed(entry.getValue());
                }
            }
            if (!open.isEmpty()) {
                log.info(
                        "Run {}: Kafka ({}) has not taken the last {} records; sending them again",
                        run,
                        kafka(),
                        open.size());
            }
        }
        if (unsent.bytes() > 0) {
            failed(new TimeoutException(
                    "no answer came within " + settings.deliveryPatience().toSeconds() + " s"));
        }
    }

    /** What was not taken, in order, and why. When Kafka is away, those behind the first would only wait as long again. */
    private Map<ProducerRecord<String, byte[]>, Exception> tryToDeliver(List<ProducerRecord<String, byte[]>> last) {
        Map<ProducerRecord<String, byte[]>, Exception> refused = Collections.synchronizedMap(new LinkedHashMap<>());
        for (int i = 0; i < last.size(); i++) {
            ProducerRecord<String, byte[]> record = last.get(i);
            Optional<Exception> now = offer(record, fault -> refused.put(record, fault));
            now.ifPresent(fault -> refused.put(record, fault));
            if (now.isPresent() && now.get() instanceof RetriableException) {
                last.subList(i, last.size()).forEach(left -> refused.put(left, now.get()));
                break;
            }
        }
        unsent.awaitSettled(
                settings.deliveryPatience(),
                left -> log.info("Run {}: waiting for Kafka ({}) to take {} KiB", run, kafka(), (left >> 10) + 1));
        synchronized (refused) {
            return new LinkedHashMap<>(refused);
        }
    }

    private String kafka() {
        return String.valueOf(settings.kafka().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** False when the thread was interrupted. */
    private static boolean pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** @param lost told when Kafka does not take the record in the end */
    private Optional<Exception> offer(ProducerRecord<String, byte[]> record, Consumer<Exception> lost) {
        byte[] value = record.value();
        unsent.handedOver(value.length);
        // Whichever comes first: the answer or the return from the call that hands the record over.
        AtomicReference<@Nullable Object> first = new AtomicReference<>();
        try {
            var unused = producer.send(record, (at, fault) -> {
                if (fault == null) {
                    records.incrementAndGet();
                    bytes.addAndGet(value.length);
                } else if (!first.compareAndSet(null, fault)) {
                    lost.accept(fault);
                }
                unsent.settled(value.length, fault == null);
            });
        } catch (KafkaException e) {
            unsent.settled(value.length, false);
            return Optional.of(e);
        } catch (RuntimeException
                | Error e) { // memory that runs out, or a partitioner of the user's; no answer will come
            unsent.settled(value.length, false);
            throw e;
        }
        return first.compareAndSet(null, HANDED_OVER)
                ? Optional.empty()
                : Optional.of((Exception) Objects.requireNonNull(first.get()));
    }

    /** Counts a record that is lost. */
    void failed(Exception fault) {
        failedRecords.incrementAndGet();
        if (firstFailure.compareAndSet(null, String.valueOf(fault.getMessage()))) {
            log.warn("Run {}: Kafka did not take a record, and its step is lost: {}", run, fault.getMessage());
        }
    }

    /** Bytes handed over and not settled yet. */
    long unsentBytes() {
        return unsent.bytes();
    }

    /** Records that Kafka has taken. */
    long records() {
        return records.get();
    }

    /** Bytes that Kafka has taken. */
    long bytes() {
        return bytes.get();
    }

    /** Records that are lost. */
    long failedRecords() {
        return failedRecords.get();
    }

    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure.get());
    }
}
