package io.lossledger.dashboards;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the committed rows of some topics from a point in time on, on a thread of its own, without a consumer group: nobody is
 * held up by it, and it leaves nothing behind. While Kafka is away it waits; after a fault it starts anew, so that rows may come twice.
 */
final class TopicReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_MILLIS = 1_000;
    private static final long MISSING_MILLIS = 5_000;

    private final Selection selection;
    private final Sink sink;
    private final Map<String, Object> config;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * What to read.
     *
     * @param key only the partition of this key; empty: all partitions
     * @param from rows older than this are passed over
     */
    record Selection(String topicPrefix, List<LedgerTopic> topics, String key, Instant from) {}

    /** Who gets the rows. Called by one thread. */
    interface Sink {
        /** All rows come from the start; these topics do not exist. */
        void start(List<String> missingTopics);

        void accept(ConsumerRecords<String, byte[]> rows);

        /** All that was there when reading began has been handed on. */
        void caughtUp();
    }

    TopicReader(Map<String, Object> kafka, Selection selection, Sink sink) {
        this.selection = selection;
        this.sink = sink;
        config = new HashMap<>(kafka);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("auto.offset.reset", "earliest");
        config.putIfAbsent("max.poll.records", 5_000);
        config.putIfAbsent("fetch.max.bytes", 8 << 20);
        config.putIfAbsent("client.id", "lossledger-live");
        thread = new Thread(this::run, "live-reader-" + selection.key());
        thread.setDaemon(true);
    }

    TopicReader start() {
        thread.start();
        return this;
    }

    /** Lets the thread end, without waiting for it. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        while (isOpen()) {
            try (KafkaConsumer<String, byte[]> consumer =
                    new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
                read(consumer);
            } catch (WakeupException e) {
                return;
            } catch (KafkaException e) {
                log.debug("Reading {} begins anew", selection, e);
            } catch (RuntimeException e) { // a thread that ends unnoticed would leave the page as it is for ever
                log.warn("Reading {} begins anew", selection, e);
            }
            pause(PAUSE_MILLIS);
        }
    }

    private void read(KafkaConsumer<String, byte[]> consumer) {
        Set<String> missing = new TreeSet<>();
        List<TopicPartition> partitions = partitions(consumer, missing);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        seek(consumer, partitions, ends);
        sink.start(List.copyOf(missing));
        boolean behind = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MISSING_MILLIS);
        while (isOpen() && (missing.isEmpty() || System.nanoTime() < deadline)) {
            if (partitions.isEmpty()) {
                pause(MISSING_MILLIS);
                return;
            }
            ConsumerRecords<String, byte[]> rows = consumer.poll(POLL);
            if (!rows.isEmpty()) {
                sink.accept(rows);
            }
            if (behind && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                behind = false;
                sink.caughtUp();
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> consumer, Set<String> missing) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (LedgerTopic topic : selection.topics()) {
            String name = topic.named(selection.topicPrefix());
            List<PartitionInfo> infos = consumer.partitionsFor(name);
            if (infos.isEmpty()) {
                missing.add(name);
            } else if (selection.key().isEmpty()) {
                infos.forEach(info -> partitions.add(new TopicPartition(name, info.partition())));
            } else {
                partitions.add(new TopicPartition(name, RunId.partitionOf(selection.key(), infos.size())));
            }
        }
        return partitions;
    }

    private void seek(
            KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, selection.from().toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp found = offsets.get(partition);
            // Without a row that young, all younger ones come behind the end that was asked for before.
            OptionalLong start = found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
            consumer.seek(partition, start.orElse(ends.getOrDefault(partition, 0L)));
        }
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
