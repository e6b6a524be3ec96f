package io.lossledger.standalone.bench;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.raw.RunRecords;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What workers wrote of a recorded run, and when. Not thread-safe. */
final class MeasuredRun {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final int stepsInBlock;
    private final Map<Integer, Block> blocks = new HashMap<>();
    private long bytes;

    private MeasuredRun(int stepsInBlock) {
        this.stepsInBlock = stepsInBlock;
    }

    private static final class Block {
        final Set<Integer> segments = new HashSet<>();
        long written;
    }

    /** Reads all that is there of a run whose trajectory was recorded from step 0. */
    static MeasuredRun read(BenchKafka kafka, RunManifest run) throws IOException, InterruptedException {
        MeasuredRun measured = new MeasuredRun(run.getTrajectory().getStepsInBlock());
        try (RunRecords records = records(kafka, run, LedgerTopic.UPDATE)) {
            while (!records.isAtEnd()) {
                Optional<ConsumerRecord<byte[], byte[]>> record = records.next(PATIENCE);
                if (record.isPresent()) {
                    measured.add(record.get());
                }
            }
        }
        return measured;
    }

    /** Bytes of keys and values of a run in the trajectory. */
    static long trajectoryBytes(BenchKafka kafka, RunManifest run) throws InterruptedException {
        long bytes = 0;
        try (RunRecords records = records(kafka, run, LedgerTopic.TRAJECTORY)) {
            while (!records.isAtEnd()) {
                bytes += records.next(PATIENCE).map(MeasuredRun::size).orElse(0);
            }
        }
        return bytes;
    }

    private static RunRecords records(BenchKafka kafka, RunManifest run, LedgerTopic topic) {
        return RunRecords.open(kafka.clientConfig(), topic.named(TopicSettings.DEFAULT_PREFIX), List.of(run));
    }

    private void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        Update update = Update.parseFrom(record.value());
        bytes += size(record);
        if (update.hasTensorChunk()) {
            Block block = blocks.computeIfAbsent(update.getStep() / stepsInBlock, key -> new Block());
            block.segments.add(update.getStep());
            block.written = Math.max(block.written, record.timestamp());
        }
    }

    private static int size(ConsumerRecord<byte[], byte[]> record) {
        return record.serializedKeySize() + record.serializedValueSize();
    }

    int segments() {
        return blocks.values().stream().mapToInt(block -> block.segments.size()).sum();
    }

    /** Bytes of keys and values, markers of the end included. */
    long bytes() {
        return bytes;
    }

    /**
     * Segments measured in a second. The clock starts when there are as many blocks as workers: what comes before is their start.
     *
     * @param workers how many worked; fewer than there are blocks
     */
    double segmentsPerSecond(int workers) {
        long[] written = blocks.values().stream()
                .mapToLong(block -> block.written)
                .sorted()
                .toArray();
        long start = written[workers - 1];
        int segments = blocks.values().stream()
                .filter(block -> block.written > start)
                .mapToInt(block -> block.segments.size())
                .sum();
        return 1e3 * segments / (Arrays.stream(written).max().orElseThrow() - start);
    }
}
