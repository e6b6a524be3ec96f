package io.lossledger.producer.worker;

import io.lossledger.protocol.PointKey;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a group has measured one partition, as text beside the offset that it commits: for each of the newest runs the last
 * block that it wrote, and the step after it. The blocks of a run are written in order within a partition, so a worker that
 * takes the partition over knows which blocks after the offset are written. Immutable.
 */
final class GroupProgress {
    /** Nothing is known. */
    static final GroupProgress NOTHING = new GroupProgress("", Map.of());

    /** Kafka's limit is 4,096 by default. */
    private static final int MAX_LENGTH = 4_000;

    /** The last block written, and the step after its last one. */
    record Written(int block, int endStep) {}

    private final String build;
    /** In the order in which they were written. */
    private final Map<String, Written> runs;

    private GroupProgress(String build, Map<String, Written> runs) {
        this.build = build;
        this.runs = runs;
    }

    /** Reads what {@link #toString} wrote; what it does not understand counts as nothing. */
    static GroupProgress parse(String text) {
        String[] fields = text.split(";", -1);
        Map<String, Written> runs = new LinkedHashMap<>();
        for (int i = 1; i < fields.length; i++) {
            String[] parts = fields[i].split("=", -1);
            String[] numbers = parts.length == 2 ? parts[1].split(",", -1) : new String[0];
            if (numbers.length == 2 && numbers[0].matches("\\d{1,10}") && numbers[1].matches("\\d{1,10}")) {
                runs.put(parts[0], new Written((int) Long.parseLong(numbers[0]), (int) Long.parseLong(numbers[1])));
            }
        }
        return new GroupProgress(fields[0], runs);
    }

    /** What has been written of a run. */
    Optional<Written> of(String run) {
        return Optional.ofNullable(runs.get(run));
    }

    /** The build of the worker that wrote last; empty if none has. */
    String build() {
        return build;
    }

    /** The progress after a block. */
    GroupProgress with(String run, Written written) {
        Map<String, Written> next = new LinkedHashMap<>(runs);
        next.remove(run);
        next.put(run, written);
        return new GroupProgress(build, next);
    }

    /** The progress by a worker of this build. */
    GroupProgress by(String name) {
        return new GroupProgress(name.replaceAll("[;=,]", "_"), runs);
    }

    /**
     * The lowest block of a run that is not written in any partition.
     *
     * @param partitions the progress of the partitions, by number
     * @param count partitions round which the blocks of the run go
     */
    static long lowestOpen(String run, Map<Integer, GroupProgress> partitions, int count) {
        long lowest = Long.MAX_VALUE;
        for (int block = 0; block < count; block++) {
            GroupProgress there = partitions.getOrDefault(PointKey.partition(run, block, count), NOTHING);
            Optional<Written> written = there.of(run);
            lowest = Math.min(
                    lowest, written.map(last -> last.block() + (long) count).orElse((long) block));
        }
        return lowest;
    }

    /** Forgets the oldest runs when the text would become too long for Kafka. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int left = MAX_LENGTH - build.length();
        var newestFirst = new ArrayDeque<Map.Entry<String, Written>>();
        runs.entrySet().forEach(newestFirst::push);
        var kept = new ArrayDeque<String>();
        for (var entry : newestFirst) {
            String field = ';'
                    + entry.getKey()
                    + '='
                    + entry.getValue().block()
                    + ','
                    + entry.getValue().endStep();
            left -= field.length();
            if (left < 0) {
                break;
            }
            kept.push(field);
        }
        text.append(build);
        kept.forEach(text::append);
        return text.toString();
    }
}
