package io.lossledger.producer.worker;

import io.lossledger.protocol.v1.Point;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
    private long committedPosition;
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
        this.committedPosition = committed;
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

    /** Gives up the open blocks of runs that are not wanted. */
    void dropUnless(Predicate<String> wanted) {
        open.entrySet().removeIf(entry -> {
            boolean drop = !wanted.test(entry.getKey());
            if (drop) {
                entry.getValue().cancel();
            }
            return drop;
        });
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

    /** Whether there is no block of a run that is not written. */
    boolean isWritten(String run) {
        return !open.containsKey(run)
                && ended.stream().noneMatch(one -> one.run().equals(run));
    }

    /** What to commit with a block: everything before the first record of a block that is not written. */
    OffsetAndMetadata offsetAfter(Ended next) {
        GroupProgress.Written written =
                new GroupProgress.Written(next.block().block(), next.block().endStep());
        List<Ended> unwritten = Stream.concat(openBlocks(), ended.stream())
                .filter(one -> one.block() != next.block())
                .toList();
        return offset(unwritten, progress.with(next.run(), written));
    }

    /** Takes the next block off, which is written. */
    void written(OffsetAndMetadata offset) {
        ended.remove();
        progress = GroupProgress.parse(offset.metadata());
        committed();
    }

    /** What to commit after records that belong to no block of this worker; empty if that is committed. */
    Optional<OffsetAndMetadata> passed() {
        return position > committedPosition
                ? Optional.of(offset(Stream.concat(openBlocks(), ended.stream()).toList(), progress))
                : Optional.empty();
    }

    /** Takes note that the position is committed. */
    void committed() {
        committedPosition = position;
    }

    private OffsetAndMetadata offset(List<Ended> unwritten, GroupProgress next) {
        long offset = unwritten.stream()
                .mapToLong(one -> one.block().firstOffset())
                .min()
                .orElse(position);
        Set<String> runs = unwritten.stream().map(Ended::run).collect(Collectors.toSet());
        return new OffsetAndMetadata(
                Math.min(offset, position), next.at(position, runs).toString());
    }

    private Stream<Ended> openBlocks() {
        return open.entrySet().stream().map(entry -> new Ended(entry.getKey(), entry.getValue()));
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
