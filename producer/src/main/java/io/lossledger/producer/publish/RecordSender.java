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
 * Hands the records of a run to Kafka's producer and counts the outcomes. Only one thread may call {@link #offer} and
 * {@link #deliver}; any thread may read the counts.
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

    /** Waits until this many more bytes fit into the buffer; false when they do not because Kafka is unreachable. */
    boolean awaitRoom(long needed) {
        return unsent.awaitRoom(needed);
    }

    /**
     * Hands a record over, and counts it if Kafka does not accept it in the end.
     *
     * @return why it was refused at once, which is not counted: the buffer is full, or Kafka is unreachable
     */
    Optional<Exception> offer(ProducerRecord<String, byte[]> record) {
        return offer(record, this::failed);
    }

    /** Hands over a record whose loss does not matter: it is neither counted nor sent again. */
    void mention(ProducerRecord<String, byte[]> record) {
        try {
            var unused = producer.send(record, (at, fault) -> {
                if (fault != null) {
                    log.debug("Run {}: a record about its progress is lost", run, fault);
                }
            });
        } catch (KafkaException e) {
            log.debug("Run {}: a record about its progress is not sent", run, e);
        }
    }

    /** Until when records that Kafka does not accept are sent again, by {@link System#nanoTime}: {@code delivery.timeout.ms} from now. */
    long deadline() {
        return System.nanoTime() + settings.deliveryTimeout().toNanos();
    }

    /**
     * Sends records and waits until each is acknowledged or lost. Records that Kafka does not accept are sent again until the
     * deadline.
     */
    void deliver(List<ProducerRecord<String, byte[]>> last, long deadline) {
        List<ProducerRecord<String, byte[]>> open = last;
        while (!open.isEmpty()) {
            Map<ProducerRecord<String, byte[]>, Exception> refused = tryToDeliver(open);
            boolean again = System.nanoTime() - deadline < 0 && (refused.isEmpty() || pause());
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
                        "Run {}: Kafka ({}) has not accepted the last {} records; sending them again",
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

    /**
     * The records that were not accepted, in order, and why. While Kafka is unreachable, each record after the first
     * would only wait as long again.
     */
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
                left -> log.info("Run {}: waiting for Kafka ({}) to accept {} KiB", run, kafka(), (left >> 10) + 1));
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

    /** @param lost called when Kafka does not accept the record in the end */
    private Optional<Exception> offer(ProducerRecord<String, byte[]> record, Consumer<Exception> lost) {
        byte[] value = record.value();
        unsent.handedOver(value.length);
        // The answer may come before or after the call that hands over the record returns.
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
                | Error e) { // out of memory, or a failure of the user's partitioner; no answer will come
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
            log.warn("Run {}: Kafka did not accept a record, and its step is lost: {}", run, fault.getMessage());
        }
    }

    /** The bytes handed over and not yet acknowledged or lost. */
    long unsentBytes() {
        return unsent.bytes();
    }

    /** What waits, and what Kafka has acknowledged. */
    UnsentBytes unsent() {
        return unsent;
    }

    /** The number of records that Kafka has accepted. */
    long records() {
        return records.get();
    }

    /** The number of bytes that Kafka has accepted. */
    long bytes() {
        return bytes.get();
    }

    /** The number of lost records. */
    long failedRecords() {
        return failedRecords.get();
    }

    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure.get());
    }
}
