package io.lossledger.producer.worker;

import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.v1.RunManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    /** By recorded run that has ended: where the partitions ended then. */
    private final Map<String, Map<TopicPartition, Long>> ends = new HashMap<>();

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

    /**
     * Takes note of what this worker has committed.
     *
     * @param bytes bytes of the block; 0 when nothing of it was measured
     */
    void wrote(TopicPartition partition, OffsetAndMetadata offset, long bytes) {
        committed.put(partition, offset);
        if (bytes > 0) {
            bytesOfBlock = Math.max(bytes, bytesOfBlock / 2);
        }
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

    /** Another worker should be measuring the lowest block. Says so when this one has waited for it for a minute. */
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
    void runEnded(String run) {
        if (!ends.containsKey(run)) {
            ends.put(run, consumer.endOffsets(all()));
        }
    }

    /** Whether a partition was read to where the run ended. */
    boolean isRead(String run, PartitionQueue queue) {
        return queue.position() >= ends.getOrDefault(run, Map.of()).getOrDefault(queue.partition(), Long.MAX_VALUE);
    }

    /** Whether the group has committed all partitions to where the run ended. */
    boolean isCommitted(String run) {
        ask();
        Map<TopicPartition, Long> then = ends.getOrDefault(run, Map.of());
        return !then.isEmpty()
                && then.entrySet().stream().allMatch(end -> {
                    OffsetAndMetadata there = committed.get(end.getKey());
                    return end.getValue() == 0
                            || (there != null
                                    && (there.offset() >= end.getValue()
                                            || progress(end.getKey()).isPast(end.getValue(), run)));
                });
    }

    /** Forgets a run that is settled. */
    void forget(String run) {
        ends.remove(run);
    }

    /** Steps from one to another one, the latter excluded. */
    record Steps(int from, int to) {}

    /**
     * The steps of a run that no worker has written or will write: their points are gone or never arrived, and no later block in
     * their partition has revealed the loss.
     *
     * @param recorded the run's manifest
     * @param end the step after the last one of the run
     */
    List<Steps> unwritten(RunManifest recorded, int end) {
        int count = partitions(recorded);
        int steps = recorded.getTrajectory().getStepsInBlock();
        List<Steps> unwritten = new ArrayList<>();
        for (int block = 0, from = recorded.getFirstStep(); from < end; block++, from += steps) {
            TopicPartition partition = new TopicPartition(topic, PointKey.partition(recorded.getRun(), block, count));
            int to = Math.min(end, from + steps);
            Optional<GroupProgress.Written> last = progress(partition).of(recorded.getRun());
            int written = last.isEmpty() || last.get().block() < block
                    ? from
                    : last.get().block() == block ? last.get().endStep() : to;
            if (written < to) {
                unwritten.add(new Steps(written, to));
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
