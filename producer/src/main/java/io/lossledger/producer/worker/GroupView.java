package io.lossledger.producer.worker;

import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.v1.RunManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's group has committed in all partitions: how far each run is measured, by whichever worker. Asks Kafka at most
 * twice a second. Used by the worker's thread alone.
 */
final class GroupView {
    private static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final WorkerSettings settings;
    private final WorkerListener listener;
    private final Set<String> otherBuilds = new HashSet<>();
    private Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private Map<TopicPartition, Long> ends = Map.of();
    private int partitions;
    private long askedAt = System.nanoTime() - AGE_NANOS;
    private long bytesOfBlock;
    private String waitsFor = "";
    private long waitsSince;

    GroupView(Consumer<byte[], byte[]> consumer, String topic, WorkerSettings settings, WorkerListener listener) {
        this.consumer = consumer;
        this.topic = topic;
        this.settings = settings;
        this.listener = listener;
    }

    private int partitions() {
        if (partitions == 0) {
            partitions = consumer.partitionsFor(topic).size();
        }
        return partitions;
    }

    /** What the group has committed for a partition, asked now. */
    @Nullable
    OffsetAndMetadata committed(TopicPartition partition) {
        return consumer.committed(Set.of(partition)).get(partition);
    }

    /** Takes note of what this worker has committed. */
    void wrote(TopicPartition partition, OffsetAndMetadata offset, long bytes) {
        committed.put(partition, offset);
        bytesOfBlock = Math.max(bytes, bytesOfBlock / 2);
    }

    /** The partitions round which the blocks of a run go; topics may get more later. */
    int partitions(RunManifest recorded) {
        int then = recorded.getTrajectory().getPartitions();
        return then == 0 ? partitions() : then;
    }

    /**
     * Whether a block is near enough to the lowest one of its run that is not written.
     *
     * @param count partitions round which the blocks of the run go
     */
    boolean mayBegin(String run, int block, int count) {
        long ahead = bytesOfBlock == 0 ? count : Math.max(count, settings.aheadBytes() / bytesOfBlock);
        if (lowestOpen(run, count) + ahead > block) {
            return true;
        }
        ask();
        long lowest = lowestOpen(run, count);
        boolean may = lowest + ahead > block;
        say(may, run, lowest);
        return may;
    }

    /** Another worker should be at work on the lowest block; if it is not, somebody has to know. */
    private void say(boolean may, String run, long lowest) {
        String waiting = run + '|' + lowest;
        if (may || !waiting.equals(waitsFor)) {
            waitsFor = may ? "" : waiting;
            waitsSince = System.nanoTime();
        } else if (System.nanoTime() - waitsSince > WAIT_NANOS) {
            waitsSince = System.nanoTime() + WAIT_NANOS; // less often from now on
            listener.said("run " + run + ": waiting for block " + lowest + ", which another worker of the group "
                    + settings.group() + " has to measure");
        }
    }

    private long lowestOpen(String run, int count) {
        Map<Integer, GroupProgress> progress = new HashMap<>();
        for (int partition = 0; partition < partitions(); partition++) {
            progress.put(partition, progress(new TopicPartition(topic, partition)));
        }
        return GroupProgress.lowestOpen(run, progress, count);
    }

    private GroupProgress progress(TopicPartition partition) {
        OffsetAndMetadata there = committed.get(partition);
        return there == null ? GroupProgress.NOTHING : GroupProgress.parse(there.metadata());
    }

    private void ask() {
        if (System.nanoTime() - askedAt < AGE_NANOS) {
            return;
        }
        askedAt = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>(consumer.committed(all()));
        answer.values().removeIf(offset -> offset == null);
        committed = answer;
        answer.values()
                .forEach(
                        offset -> compare(GroupProgress.parse(offset.metadata()).build()));
    }

    /** Processors of different kinds, and different builds, may round differently. */
    private void compare(String build) {
        if (!build.isEmpty() && !build.equals(settings.build()) && otherBuilds.add(build)) {
            listener.said("the group " + settings.group() + " has also workers of another build, " + build + " beside "
                    + settings.build() + "; results may differ in their last bits");
        }
    }

    private Set<TopicPartition> all() {
        Set<TopicPartition> all = new HashSet<>();
        for (int partition = 0; partition < partitions(); partition++) {
            all.add(new TopicPartition(topic, partition));
        }
        return all;
    }

    /** Called once a run has ended: no record of it comes after the ends that the partitions have now. */
    void runEnded() {
        if (ends.isEmpty()) {
            ends = consumer.endOffsets(all());
        }
    }

    /** Whether a partition was read to where the run ended. */
    boolean isRead(PartitionQueue queue) {
        return queue.position() >= ends.getOrDefault(queue.partition(), Long.MAX_VALUE);
    }

    /** Whether the group has committed all partitions to where the run ended. */
    boolean isCommitted() {
        ask();
        return !ends.isEmpty()
                && ends.entrySet().stream().allMatch(end -> {
                    OffsetAndMetadata there = committed.get(end.getKey());
                    return end.getValue() == 0 || (there != null && there.offset() >= end.getValue());
                });
    }

    /**
     * The blocks of a run that nobody has written and nobody will: their points are gone, and no later block in their partition
     * tells of it.
     *
     * @param blocks number of blocks in the run
     * @param count partitions round which they go
     */
    List<Integer> unwritten(String run, int blocks, int count) {
        List<Integer> unwritten = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            TopicPartition partition = new TopicPartition(topic, PointKey.partition(run, block, count));
            int last = progress(partition)
                    .of(run)
                    .map(GroupProgress.Written::block)
                    .orElse(-1);
            if (block > last) {
                unwritten.add(block);
            }
        }
        return unwritten;
    }

    /** The step after the last one of a run, by what is committed; 0 when nothing is. */
    int endStep(String run) {
        return committed.keySet().stream()
                .map(partition -> progress(partition).of(run))
                .flatMap(written -> written.stream().map(GroupProgress.Written::endStep))
                .collect(Collectors.maxBy(Integer::compare))
                .orElse(0);
    }
}
