package io.lossledger.dashboards.live.topics;

import io.lossledger.dashboards.live.history.TimeOrder;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the committed rows of some topics from where its {@link Start} says, on a separate thread and without a consumer group.
 * Topics that are missing or refused are left out and checked again every few seconds. It waits while Kafka is unavailable. After an
 * error, or when partitions were added, it starts again, so that rows may come twice.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_MILLIS = 1_000;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    /** By default, clients notice added partitions only after five minutes. */
    private static final int METADATA_MILLIS = 30_000;

    private final Selection selection;
    private final Sink sink;
    private final TopicTroubles troubles;
    private final Set<String> refused = new TreeSet<>();
    private final Map<String, Object> config;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * What to read.
     *
     * @param key only rows of this key are sure to be handed on; empty: all
     * @param start decides where reading begins
     */
    public record Selection(String topicPrefix, List<LedgerTopic> topics, String key, Start start) {
        @Override
        public String toString() {
            return topics.stream().map(topic -> topic.named(topicPrefix)).collect(Collectors.joining(", "))
                    + (key.isEmpty() ? "" : " of " + key);
        }
    }

    /** Decides where reading begins. Called by the reader's thread whenever it starts. */
    @FunctionalInterface
    public interface Start {
        /**
         * The offset to begin with, for each partition to read.
         *
         * @param consumer free for any use
         * @param ends the partitions that exist, and the end of each
         */
        Map<TopicPartition, Long> offsets(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends);

        /** Everything from a point in time on; older rows are passed over. */
        static Start at(Instant from) {
            return (consumer, ends) -> CommittedReads.offsetsAt(consumer, from.toEpochMilli(), ends, TIMEOUT);
        }
    }

    /** Receives the rows. Called by one thread. */
    public interface Sink {
        /** All rows follow from the start; these topics do not exist. */
        void start(List<String> missingTopics);

        void accept(Iterable<ConsumerRecord<String, byte[]>> rows);

        /** All rows that existed when reading began have been passed on. */
        void caughtUp();
    }

    public TopicReader(Map<String, Object> kafka, Selection selection, Sink sink, TopicTroubles troubles) {
        this.selection = selection;
        this.sink = sink;
        this.troubles = troubles;
        config = CommittedReads.settings(kafka);
        config.putIfAbsent("max.poll.records", 5_000);
        config.putIfAbsent("fetch.max.bytes", 8 << 20);
        config.putIfAbsent("metadata.max.age.ms", METADATA_MILLIS);
        config.putIfAbsent("client.id", "lossledger-live");
        thread = new Thread(this::run, "live-reader-" + selection.key());
        thread.setDaemon(true);
    }

    public TopicReader start() {
        thread.start();
        return this;
    }

    /** Stops the thread, without waiting for it. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        while (isOpen()) {
            try (KafkaConsumer<String, byte[]> consumer = consumer()) {
                read(consumer);
            } catch (TopicAuthorizationException e) {
                log.debug("{} is read without {}", selection, e.unauthorizedTopics());
                refused.addAll(e.unauthorizedTopics());
                continue;
            } catch (RetriableException | AuthenticationException e) { // others report the state of Kafka itself
                log.debug("Reading {} begins anew", selection, e);
            } catch (RuntimeException e) { // if the thread ended unnoticed, the page would never change again
                log.warn("Reading {} begins anew", selection, e);
                tellAll(String.valueOf(e.getMessage()));
            }
            pause(PAUSE_MILLIS);
        }
        troubles.set(this, Map.of());
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Returns when something has changed and reading must start again. */
    private void read(KafkaConsumer<String, byte[]> consumer) {
        Set<String> missing = new TreeSet<>();
        List<TopicPartition> partitions = partitions(consumer, missing);
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions, TIMEOUT));
        Map<TopicPartition, Long> offsets = selection.start().offsets(consumer, Map.copyOf(ends));
        ends.keySet().retainAll(offsets.keySet());
        consumer.assign(offsets.keySet());
        offsets.forEach(consumer::seek);
        tell(missing, Set.of());
        sink.start(List.copyOf(missing));
        TimeOrder order = new TimeOrder();
        ReadWait wait = new ReadWait(System::nanoTime);
        boolean behind = true;
        long lookedAt = System.nanoTime();
        while (isOpen()) {
            if (partitions.isEmpty()) {
                pause(PAUSE_MILLIS);
            } else if (offsets.isEmpty()) {
                if (behind) {
                    sink.caughtUp();
                    behind = false;
                }
                pause(PAUSE_MILLIS);
            } else if (behind) {
                behind = catchUp(consumer, ends, order);
            } else {
                ConsumerRecords<String, byte[]> rows = consumer.poll(POLL);
                if (!rows.isEmpty()) {
                    sink.accept(rows);
                }
            }
            if (System.nanoTime() - lookedAt > LOOK_NANOS) {
                if (hasChanged(consumer, partitions)) {
                    refused.clear();
                    return;
                }
                tell(missing, wait.look(consumer));
                lookedAt = System.nanoTime();
            }
        }
    }

    /** Hands on what was there when reading began, in the order of time; whether there is more of it. */
    private boolean catchUp(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends, TimeOrder order) {
        for (ConsumerRecord<String, byte[]> row : consumer.poll(POLL)) {
            if (selection.key().isEmpty() || selection.key().equals(row.key())) {
                order.add(row);
            }
        }
        Set<TopicPartition> unread = new HashSet<>();
        ends.forEach((partition, end) -> {
            if (consumer.position(partition) < end) {
                unread.add(partition);
            }
        });
        List<ConsumerRecord<String, byte[]>> rows = order.take(unread);
        if (!rows.isEmpty()) {
            sink.accept(rows);
        }
        // What comes after its end would be newer than what the others have to tell.
        Set<TopicPartition> waiting = new HashSet<>(ends.keySet());
        waiting.removeIf(partition -> unread.contains(partition) && !order.isFull(partition));
        consumer.resume(ends.keySet());
        if (!unread.isEmpty()) {
            consumer.pause(waiting);
            return true;
        }
        sink.caughtUp();
        return false;
    }

    private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer, Set<String> missing) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String name : names()) {
            if (!refused.contains(name)) {
                List<TopicPartition> found = CommittedReads.partitions(consumer, name, TIMEOUT);
                partitions.addAll(found);
                if (found.isEmpty()) {
                    missing.add(name);
                }
            }
        }
        return partitions;
    }

    private List<String> names() {
        return selection.topics().stream()
                .map(topic -> topic.named(selection.topicPrefix()))
                .toList();
    }

    /** Whether there are other partitions to read by now, or a topic can be read that was refused. */
    private boolean hasChanged(KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        Set<TopicPartition> now = new HashSet<>();
        for (String name : names()) {
            if (refused.contains(name)) {
                if (!isRefused(name)) {
                    return true;
                }
            } else {
                now.addAll(CommittedReads.partitions(consumer, name, TIMEOUT));
            }
        }
        return !now.equals(Set.copyOf(partitions));
    }

    private boolean isRefused(String topic) {
        try (KafkaConsumer<String, byte[]> asking = consumer()) {
            List<TopicPartition> partitions = CommittedReads.partitions(asking, topic, TIMEOUT);
            asking.assign(partitions);
            asking.seekToEnd(partitions);
            if (!partitions.isEmpty()) {
                asking.poll(ANSWER);
            }
            return false;
        } catch (TopicAuthorizationException e) {
            log.trace("{} is still refused", topic, e);
            return true;
        }
    }

    private void tell(Set<String> missing, Set<String> silent) {
        Map<String, String> reasons = new HashMap<>();
        silent.forEach(topic -> reasons.put(topic, "has records that no broker has sent for ten seconds"));
        missing.forEach(topic -> reasons.put(topic, "does not exist; create it with: lossledger topics --create"));
        refused.forEach(topic -> reasons.put(topic, "needs the right READ, which this client does not have"));
        troubles.set(this, reasons);
    }

    private void tellAll(String reason) {
        Map<String, String> reasons = new HashMap<>();
        names().forEach(topic -> reasons.put(topic, "cannot be read: " + reason));
        troubles.set(this, reasons);
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void pause(long millis) {
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                log.trace("Reading ends");
            }
        } catch (InterruptedException e) {
            closed.countDown();
            Thread.currentThread().interrupt();
        }
    }
}
