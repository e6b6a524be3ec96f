package io.lossledger.streams.raw;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Merges partitions by record timestamp, so that they advance together: the oldest of their first records comes next,
 * and of equally old ones that of the lower partition. The order within a partition is kept. One thread adds, another
 * takes.
 */
final class RecordMerger {
    private static final long RECORD_BYTES = 100;

    private final List<Lane> lanes = new ArrayList<>();
    private final long maxLaneBytes;
    private @Nullable Exception fault;

    private static final class Lane {
        final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
        long bytes;
        boolean ended;
    }

    /** @param maxLaneBytes bytes above which a partition is full; the last record may exceed them */
    RecordMerger(int partitions, long maxLaneBytes) {
        for (int lane = 0; lane < partitions; lane++) {
            lanes.add(new Lane());
        }
        this.maxLaneBytes = maxLaneBytes;
    }

    synchronized void add(int partition, ConsumerRecord<byte[], byte[]> record) {
        Lane lane = lanes.get(partition);
        lane.records.add(record);
        lane.bytes += bytes(record);
        if (lane.records.size() == 1) {
            notifyAll();
        }
    }

    /** Marks a partition as ended. */
    synchronized void end(int partition) {
        lanes.get(partition).ended = true;
        notifyAll();
    }

    /** Ends all partitions; the thread that takes gets the cause. */
    synchronized void fail(Exception why) {
        fault = why;
        notifyAll();
    }

    synchronized boolean isFull(int partition) {
        return lanes.get(partition).bytes >= maxLaneBytes;
    }

    /** The bytes that wait in all partitions. */
    synchronized long bytes() {
        return lanes.stream().mapToLong(lane -> lane.bytes).sum();
    }

    /** Waits a while, or until a full partition is no longer full. */
    synchronized void awaitRoom(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (lanes.stream().noneMatch(lane -> !lane.ended && lane.bytes < maxLaneBytes)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /** Whether all partitions have ended and nothing waits. */
    synchronized boolean isAtEnd() {
        return fault == null && lanes.stream().allMatch(lane -> lane.ended && lane.records.isEmpty());
    }

    /**
     * The next record; empty when none arrived in time, or none will come.
     *
     * @throws ReadException when nothing more can be read
     */
    synchronized Optional<ConsumerRecord<byte[], byte[]>> next(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (fault == null && !isDecided()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
        if (fault != null) {
            throw new ReadException(fault);
        }
        Lane first = null;
        for (Lane lane : lanes) {
            ConsumerRecord<byte[], byte[]> head = lane.records.peek();
            if (head != null
                    && (first == null
                            || head.timestamp() < first.records.element().timestamp())) {
                first = lane;
            }
        }
        return first == null ? Optional.empty() : Optional.of(take(first));
    }

    private boolean isDecided() {
        for (Lane lane : lanes) {
            if (lane.records.isEmpty() && !lane.ended) {
                return false;
            }
        }
        return true;
    }

    private ConsumerRecord<byte[], byte[]> take(Lane lane) {
        ConsumerRecord<byte[], byte[]> record = lane.records.remove();
        boolean wasFull = lane.bytes >= maxLaneBytes;
        lane.bytes -= bytes(record);
        if (wasFull && lane.bytes < maxLaneBytes) {
            notifyAll();
        }
        return record;
    }

    private static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return RECORD_BYTES + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }
}
