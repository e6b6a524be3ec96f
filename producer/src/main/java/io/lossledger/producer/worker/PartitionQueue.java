package io.lossledger.producer.worker;

import io.lossledger.protocol.v1.Point;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a worker has read of one partition, and the blocks of it that are open. Used by the worker's thread alone. */
final class PartitionQueue {
    private final TopicPartition partition;
    private final Deque<Entry> entries = new ArrayDeque<>();
    /** By recorded run: a run has one open block in a partition, as its blocks come one after the other. */
    private final Map<String, BlockWork> open = new HashMap<>();
    /** In the order in which they ended. */
    private final Deque<Ended> ended = new ArrayDeque<>();

    private GroupProgress progress;
    private long position;
    private long committed;
    private double stepsPerRecord;

    /** A record; {@code point} is null when it breaks the contract, as {@code fault} says. */
    record Entry(
            long offset, long timestampMillis, @Nullable Point point, String fault) {
        static Entry of(ConsumerRecord<byte[], byte[]> record) {
            try {
                Point point = PointParser.parse(record.key(), record.value());
                return new Entry(record.offset(), record.timestamp(), point, "");
            } catch (InvalidPointException e) {
                return new Entry(record.offset(), record.timestamp(), null, String.valueOf(e.getMessage()));
            }
        }
    }

    /** A block that has ended, of a recorded run. */
    record Ended(String run, BlockWork block) {}

    /**
     * @param committed offset that the group has committed; 0 when none
     * @param progress what it has committed with it
     */
    PartitionQueue(TopicPartition partition, long committed, GroupProgress progress) {
        this.partition = partition;
        this.progress = progress;
        this.position = committed;
        this.committed = committed;
    }

    TopicPartition partition() {
        return partition;
    }

    int waiting() {
        return entries.size();
    }

    void read(List<ConsumerRecord<byte[], byte[]>> records) {
        records.forEach(record -> entries.add(Entry.of(record)));
    }

    /** The next record, which stays. */
    Entry next() {
        return entries.element();
    }

    /** The block of the next record; blocks that are open come first, so that few are open at a time. */
    long order() {
        Point point = next().point();
        if (point == null) {
            return -1;
        }
        BlockWork block = open.get(point.getRun());
        boolean isOpen = block != null && block.block() == point.getBlock();
        return Integer.toUnsignedLong(point.getBlock()) + (isOpen ? 0 : 1L << 32);
    }

    /** Moves past the next record. */
    void pass() {
        position = entries.remove().offset() + 1;
    }

    /** Moves to where the consumer is: past the ends of transactions, too. */
    void passTo(long consumed) {
        if (entries.isEmpty()) {
            position = consumed;
        }
    }

    long position() {
        return position;
    }

    Optional<BlockWork> open(String run) {
        return Optional.ofNullable(open.get(run));
    }

    void open(String run, BlockWork block) {
        open.put(run, block);
        Point first = block.points().first();
        int chunks = Math.max(1, first.getChunk().getChunks());
        stepsPerRecord = first.getStepsInBlock() / ((first.getStepsInBlock() + 1.0) * chunks);
    }

    /** Adds a block of a run of which nothing came. */
    void addGone(String run, BlockWork block) {
        ended.add(new Ended(run, block));
    }

    /** Ends the open block of a run. */
    void end(String run) {
        BlockWork block = open.remove(run);
        if (block != null) {
            ended.add(new Ended(run, block));
        }
    }

    /** The last block of a run that has ended here, written or not. */
    Optional<Integer> lastEnded(String run) {
        return ended.stream()
                .filter(one -> one.run().equals(run))
                .map(one -> one.block().block())
                .reduce((first, second) -> second)
                .or(() -> progress.of(run).map(GroupProgress.Written::block));
    }

    /** The next block to write, if it is measured. */
    Optional<Ended> measured() {
        return Optional.ofNullable(ended.peek()).filter(one -> one.block().isMeasured());
    }

    /** Whether there is no block that is not written. */
    boolean isWritten() {
        return open.isEmpty() && ended.isEmpty();
    }

    /** What to commit with a block: everything before the first record of a block that is not written. */
    OffsetAndMetadata offsetAfter(Ended next) {
        GroupProgress.Written written =
                new GroupProgress.Written(next.block().block(), next.block().endStep());
        return offset(blocks().filter(block -> block != next.block()), progress.with(next.run(), written));
    }

    /** Takes the next block off, which is written. */
    void written(OffsetAndMetadata offset) {
        ended.remove();
        committed = offset.offset();
        progress = GroupProgress.parse(offset.metadata());
    }

    /** What to commit after records that belong to no block of this worker; empty if that is committed. */
    Optional<OffsetAndMetadata> passed() {
        return Optional.of(offset(blocks(), progress)).filter(now -> now.offset() > committed);
    }

    void committed(OffsetAndMetadata offset) {
        committed = offset.offset();
    }

    private OffsetAndMetadata offset(Stream<BlockWork> unwritten, GroupProgress next) {
        long offset = unwritten.mapToLong(BlockWork::firstOffset).min().orElse(position);
        return new OffsetAndMetadata(Math.min(offset, position), next.toString());
    }

    private Stream<BlockWork> blocks() {
        return Stream.concat(open.values().stream(), ended.stream().map(Ended::block));
    }

    /** The time of the oldest record that is not written; the largest long when there is none. */
    long oldestMillis() {
        Entry next = entries.peek();
        long waiting = next == null ? Long.MAX_VALUE : next.timestampMillis();
        return Math.min(
                waiting, blocks().mapToLong(BlockWork::firstMillis).min().orElse(Long.MAX_VALUE));
    }

    /** About how many steps this many records hold. */
    double steps(long records) {
        return records * stepsPerRecord;
    }

    /** Gives up what is open: the partition belongs to another worker now, or is read again. */
    void cancel() {
        blocks().forEach(BlockWork::cancel);
    }
}
