package io.lossledger.streams.steps;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of steps that cannot be booked yet. Keys are zero-padded, so that a scan returns steps and chunks in order. Not
 * thread-safe.
 */
public final class PendingSteps {
    /** How many steps are deleted at a time. */
    public static final int MOST_DELETED = 1_000;

    private static final StringSerializer KEYS = new StringSerializer();

    /** What happened to a chunk. */
    public enum Arrival {
        DUPLICATE,
        /** It is the first of its step, which waits for others. */
        BEGUN,
        WAITING,
        COMPLETE,
        /** It is the first and the last of its step. */
        COMPLETE_AT_ONCE
    }

    /** A step that was given up, and why. */
    public record GivenUp(int step, int received, int chunksInStep) {}

    /** A step in the line of its run; {@code start} is the first optimizer step of its segment. */
    public record Waiting(int step, int start, int received, int chunksInStep) {
        /** Whether all its chunks have come, or it is lost. */
        public boolean isComplete() {
            return received >= chunksInStep;
        }
    }

    private final KeyValueStore<String, PendingStep> steps;
    private final KeyValueStore<String, ChunkPartial> chunks;

    public PendingSteps(KeyValueStore<String, PendingStep> steps, KeyValueStore<String, ChunkPartial> chunks) {
        this.steps = steps;
        this.chunks = chunks;
    }

    /** Adds a chunk. A record that the whole step is lost replaces chunks that have come, unless all have. */
    public Arrival add(ChunkPartial chunk) {
        String stepKey = stepKey(chunk.getRun(), chunk.getStep());
        PendingStep pending = steps.get(stepKey);
        int before = pending == null ? 0 : pending.getReceived();
        int all = chunk.getChunksInStep();
        if (before >= all || (before > 0 && !chunk.hasLost() && chunks.get(chunkKey(stepKey, chunk)) != null)) {
            return Arrival.DUPLICATE;
        }
        if (chunk.hasLost()) {
            lose(chunk);
            return before == 0 ? Arrival.COMPLETE_AT_ONCE : Arrival.COMPLETE;
        }
        chunks.put(chunkKey(stepKey, chunk), chunk);
        int covered = pending == null ? 0 : pending.getStepsCovered();
        put(stepKey, before + 1, all, Math.max(covered, chunk.getStepsCovered()));
        if (before == 0) {
            return all == 1 ? Arrival.COMPLETE_AT_ONCE : Arrival.BEGUN;
        }
        return before + 1 == all ? Arrival.COMPLETE : Arrival.WAITING;
    }

    /** Puts a record that the whole step is lost in the place of its chunks. */
    public void lose(ChunkPartial lost) {
        take(lost.getRun(), lost.getStep());
        String stepKey = stepKey(lost.getRun(), lost.getStep());
        chunks.put(chunkKey(stepKey, lost), lost);
        put(stepKey, lost.getChunksInStep(), lost.getChunksInStep(), lost.getStepsCovered());
    }

    private void put(String stepKey, int received, int chunksInStep, int stepsCovered) {
        steps.put(
                stepKey,
                PendingStep.newBuilder()
                        .setReceived(received)
                        .setChunksInStep(chunksInStep)
                        .setStepsCovered(stepsCovered)
                        .build());
    }

    /** The first step of the run, at or after {@code from}, that has a waiting chunk. */
    public Optional<Waiting> first(String run, int from) {
        try (KeyValueIterator<String, PendingStep> scan =
                steps.range(stepKey(run, from), stepKey(run, Integer.MAX_VALUE))) {
            return scan.hasNext() ? Optional.of(waiting(scan.next())) : Optional.empty();
        }
    }

    /** Whether a complete step of the run waits, at or after {@code from}. */
    public boolean hasComplete(String run, int from) {
        try (KeyValueIterator<String, PendingStep> scan =
                steps.range(stepKey(run, from), stepKey(run, Integer.MAX_VALUE))) {
            while (scan.hasNext()) {
                if (waiting(scan.next()).isComplete()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Removes a step and returns its chunks in chunk order. */
    public List<ChunkPartial> take(String run, int step) {
        String stepKey = stepKey(run, step);
        List<KeyValue<String, ChunkPartial>> found = new ArrayList<>();
        try (KeyValueIterator<String, ChunkPartial> scan = chunks.prefixScan(stepKey, KEYS)) {
            scan.forEachRemaining(found::add);
        }
        found.forEach(entry -> chunks.delete(entry.key));
        steps.delete(stepKey);
        return found.stream().map(entry -> entry.value).toList();
    }

    /** The last step of the run, at or after {@code from}, that has a waiting chunk. */
    public Optional<GivenUp> last(String run, int from) {
        // Kafka's cached stores return deleted entries when they are read backwards.
        Optional<GivenUp> last = Optional.empty();
        try (KeyValueIterator<String, PendingStep> scan =
                steps.range(stepKey(run, from), stepKey(run, Integer.MAX_VALUE))) {
            while (scan.hasNext()) {
                last = Optional.of(givenUp(scan.next()));
            }
        }
        return last;
    }

    /** The waiting chunks of a step, in chunk order. */
    public List<ChunkPartial> chunks(String run, int step) {
        List<ChunkPartial> found = new ArrayList<>();
        try (KeyValueIterator<String, ChunkPartial> scan = chunks.prefixScan(stepKey(run, step), KEYS)) {
            scan.forEachRemaining(entry -> found.add(entry.value));
        }
        return found;
    }

    /** Gives up the first pending step of the run. */
    public GivenUp giveUpFirst(String run, int from) {
        try (KeyValueIterator<String, PendingStep> scan =
                steps.range(stepKey(run, from), stepKey(run, Integer.MAX_VALUE))) {
            KeyValue<String, PendingStep> first = scan.next();
            GivenUp old = givenUp(first);
            take(run, old.step());
            return old;
        }
    }

    /**
     * Gives up the pending steps of the run from {@code from} up to, but not including, {@code step}. There may be a
     * million, and a transaction has only seconds, so {@link #sweep} deletes most of them later.
     */
    public List<GivenUp> giveUp(String run, int from, int step) {
        List<GivenUp> old = new ArrayList<>();
        try (KeyValueIterator<String, PendingStep> scan = steps.range(stepKey(run, from), stepKey(run, step))) {
            while (scan.hasNext()) {
                GivenUp found = givenUp(scan.next());
                if (found.step() < step) {
                    old.add(found);
                }
            }
        }
        old.stream().limit(MOST_DELETED).forEach(pending -> take(run, pending.step()));
        return old;
    }

    /** Whether a pending step was given up. */
    @FunctionalInterface
    public interface Stale {
        boolean test(String run, int step);
    }

    /**
     * Deletes some of the steps that were given up.
     *
     * @param from where the last sweep stopped; null if it reached the end
     * @return where to continue; null: at the beginning
     */
    @Nullable
    public String sweep(@Nullable String from, Stale stale) {
        List<String> found = new ArrayList<>();
        String next = null;
        try (KeyValueIterator<String, PendingStep> scan = steps.range(from, null)) {
            for (int seen = 0; scan.hasNext() && next == null; seen++) {
                String key = scan.next().key;
                if (seen == MOST_DELETED) {
                    next = key;
                } else if (stale.test(runOf(key), stepOf(key))) {
                    found.add(key);
                }
            }
        }
        found.forEach(key -> take(runOf(key), stepOf(key)));
        return next;
    }

    private static String stepKey(String run, int step) {
        return run + '|' + String.format(Locale.ROOT, "%010d", step) + '|';
    }

    private static String chunkKey(String stepKey, ChunkPartial chunk) {
        return stepKey + String.format(Locale.ROOT, "%010d", chunk.getChunk());
    }

    private static Waiting waiting(KeyValue<String, PendingStep> entry) {
        int step = stepOf(entry.key);
        int start = step - Math.max(1, entry.value.getStepsCovered()) + 1;
        return new Waiting(step, start, entry.value.getReceived(), entry.value.getChunksInStep());
    }

    private static GivenUp givenUp(KeyValue<String, PendingStep> entry) {
        return new GivenUp(stepOf(entry.key), entry.value.getReceived(), entry.value.getChunksInStep());
    }

    private static String runOf(String stepKey) {
        return stepKey.substring(0, stepKey.indexOf('|'));
    }

    private static int stepOf(String stepKey) {
        int end = stepKey.length() - 1;
        return Integer.parseInt(stepKey.substring(end - 10, end));
    }
}
