package io.lossledger.streams.raw;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.v1.RunManifest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The committed records of chosen runs in one topic, from the first to the last that exists when it is opened, merged by
 * timestamp over partitions; records of one key keep their order. A separate thread reads ahead, at most 64 MiB, or 1 MiB per
 * partition if that is more; Kafka's client holds up to 2 MiB per partition, or what the settings say. One thread takes the records; any thread may call {@link
 * #bytes} and {@link #fraction}.
 */
public final class RunRecords implements AutoCloseable {
    static final long MAX_WAITING_BYTES = 64 << 20;

    private static final long MIN_LANE_BYTES = 1 << 20;
    /** Of one partition in one request; Kafka's default is half as much. */
    private static final int FETCH_BYTES = 2 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int MAX_WAIT_MILLIS = 20;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    /** The clocks of trainers and brokers may differ. */
    private static final long CLOCK_MILLIS = Duration.ofHours(1).toMillis();

    private final Consumer<byte[], byte[]> consumer;
    private final Set<String> runs;
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<TopicPartition, Lane> byPartition = new HashMap<>();
    private final RecordMerger merger;
    private final Thread reader;
    private final long offsets;
    private boolean begun;
    /** Of the reading thread alone. */
    private long read;

    private volatile long bytes;
    private volatile long offsetsRead;
    private volatile boolean closed;

    private static final class Lane {
        final int index;
        final TopicPartition partition;
        final long first;
        final long start;
        final long end;
        long position;
        boolean ended;
        boolean paused;

        Lane(int index, TopicPartition partition, long first, long start, long end) {
            this.index = index;
            this.partition = partition;
            this.first = first;
            this.start = start;
            this.end = end;
            this.position = start;
        }
    }

    /**
     * Finds where to read from and to.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @param topic one whose keys begin with the run
     * @param runs the manifests of the runs; where all say when they started, what came more than an hour before is not read
     * @throws IllegalArgumentException when the topic does not exist
     * @throws TimeoutException when the cluster does not answer within half a minute
     */
    public static RunRecords open(Map<String, Object> kafka, String topic, Collection<RunManifest> runs) {
        return openAt(kafka, topic, runs.stream().map(RunManifest::getRun).collect(Collectors.toSet()), earliest(runs));
    }

    /** The same from a time on, or from the beginning when it is empty. */
    static RunRecords openAt(Map<String, Object> kafka, String topic, Set<String> runs, OptionalLong fromMillis) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        config.put("auto.offset.reset", "none"); // a gap in raw records is an error
        config.putIfAbsent("max.partition.fetch.bytes", FETCH_BYTES);
        // Closing waits for the answer to the last request, which has no record to bring any more.
        config.put("fetch.max.wait.ms", MAX_WAIT_MILLIS);
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return new RunRecords(consumer, topic, runs, fromMillis);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private RunRecords(Consumer<byte[], byte[]> consumer, String topic, Set<String> runs, OptionalLong fromMillis) {
        this.consumer = consumer;
        this.runs = runs;
        List<TopicPartition> partitions = CommittedReads.requirePartitions(consumer, topic, TIMEOUT).stream()
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
        Map<TopicPartition, Long> firsts = consumer.beginningOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> starts = fromMillis.isPresent()
                ? CommittedReads.offsetsAt(consumer, fromMillis.getAsLong(), ends, TIMEOUT)
                : firsts;
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            Lane lane = new Lane(
                    lanes.size(),
                    partition,
                    firsts.getOrDefault(partition, 0L),
                    starts.getOrDefault(partition, 0L),
                    ends.getOrDefault(partition, 0L));
            lanes.add(lane);
            byPartition.put(partition, lane);
            consumer.seek(partition, lane.start);
        }
        offsets = lanes.stream().mapToLong(lane -> lane.end - lane.start).sum();
        merger = new RecordMerger(lanes.size(), Math.max(MIN_LANE_BYTES, MAX_WAITING_BYTES / lanes.size()));
        reader = new Thread(this::read, "run-records");
        reader.setDaemon(true);
    }

    /** An hour before the first of the runs began; empty when one does not say when. */
    private static OptionalLong earliest(Collection<RunManifest> manifests) {
        boolean reported = manifests.stream()
                .allMatch(manifest -> manifest.hasStarted() && Timestamps.isValid(manifest.getStarted()));
        return reported
                ? manifests.stream()
                        .mapToLong(manifest -> Timestamps.toMillis(manifest.getStarted()) - CLOCK_MILLIS)
                        .min()
                : OptionalLong.empty();
    }

    /**
     * The next record; empty when it did not come in time, or none will come.
     *
     * @throws ReadException when Kafka cannot be read, or has not answered for a minute
     */
    public Optional<ConsumerRecord<byte[], byte[]>> next(Duration atMost) throws InterruptedException {
        if (!begun) {
            begun = true;
            reader.start();
        }
        return merger.next(atMost.toMillis());
    }

    /** Whether all records have been taken. */
    public boolean isAtEnd() {
        return merger.isAtEnd();
    }

    /** Whether older records of the runs may have been there, which the topic has dropped since. */
    public boolean mayHaveLost() {
        return lanes.stream().anyMatch(lane -> lane.first > 0 && lane.start == lane.first);
    }

    /** Bytes read, of all runs. */
    public long bytes() {
        return bytes;
    }

    /** What share of all there is has been read, 0 to 1. */
    public double fraction() {
        return offsets == 0 ? 1 : (double) offsetsRead / offsets;
    }

    /** The run that a record belongs to by its key; empty for a record without one. */
    public static String runOf(byte @Nullable [] key) {
        if (key == null) {
            return "";
        }
        int end = 0;
        while (end < key.length && key[end] != '|') {
            end++;
        }
        return new String(key, 0, end, StandardCharsets.UTF_8);
    }

    /** Stops reading. */
    @Override
    public void close() {
        closed = true;
        if (!begun) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            reader.join(CLOSE_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (consumer) {
            endLanes();
            long advanced = System.nanoTime();
            while (!closed && lanes.stream().anyMatch(lane -> !lane.ended)) {
                if (!pauseFull()) {
                    merger.awaitRoom(POLL.toMillis());
                    advanced = System.nanoTime();
                    continue;
                }
                long before = offsetsRead;
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
                bytes = read;
                endLanes();
                if (offsetsRead > before) {
                    advanced = System.nanoTime();
                } else if (System.nanoTime() - advanced > PATIENCE.toNanos()) {
                    throw new TimeoutException("no record came within " + PATIENCE.toSeconds() + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (!closed) {
                merger.fail(e);
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Lane lane = byPartition.get(new TopicPartition(record.topic(), record.partition()));
        if (lane == null || record.offset() >= lane.end) {
            return;
        }
        read += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        if (runs.contains(runOf(record.key()))) {
            merger.add(lane.index, record);
        }
    }

    /** Pauses partitions that are full or at their end; false when all are. */
    private boolean pauseFull() {
        boolean some = false;
        for (Lane lane : lanes) {
            boolean pause = lane.ended || merger.isFull(lane.index);
            if (pause && !lane.paused) {
                consumer.pause(List.of(lane.partition));
            } else if (!pause && lane.paused) {
                consumer.resume(List.of(lane.partition));
            }
            lane.paused = pause;
            some |= !pause;
        }
        return some;
    }

    private void endLanes() {
        long sum = 0;
        for (Lane lane : lanes) {
            if (!lane.ended) {
                lane.position = Math.min(lane.end, consumer.position(lane.partition, TIMEOUT));
                if (lane.position >= lane.end) {
                    lane.ended = true;
                    merger.end(lane.index);
                }
            }
            sum += lane.position - lane.start;
        }
        offsetsRead = sum;
    }
}
