package io.lossledger.streams;

import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The chunks of steps that are not complete yet. Keys are zero-padded so that a scan gives steps and chunks in order. Not
 * thread-safe.
 */
final class PendingSteps {
    private static final StringSerializer KEYS = new StringSerializer();

    /** What became of a chunk. */
    enum Arrival {
        DUPLICATE,
        /** The first of its step, which waits for others. */
        BEGUN,
        WAITING,
        COMPLETE
    }

    /** A step that was given up, and why. */
    record GivenUp(int step, int received, int chunksInStep) {}

    private final KeyValueStore<String, PendingStep> steps;
    private final KeyValueStore<String, ChunkPartial> chunks;

    PendingSteps(KeyValueStore<String, PendingStep> steps, KeyValueStore<String, ChunkPartial> chunks) {
        this.steps = steps;
        this.chunks = chunks;
    }

    Arrival add(ChunkPartial chunk) {
        String stepKey = stepKey(chunk.getRun(), chunk.getStep());
        PendingStep pending = steps.get(stepKey);
        int received = pending == null ? 0 : pending.getReceived();
        String chunkKey = stepKey + String.format(Locale.ROOT, "%010d", chunk.getChunk());
        if (received > 0 && chunks.get(chunkKey) != null) {
            return Arrival.DUPLICATE;
        }
        chunks.put(chunkKey, chunk);
        steps.put(
                stepKey,
                PendingStep.newBuilder()
                        .setReceived(received + 1)
                        .setChunksInStep(chunk.getChunksInStep())
                        .build());
        if (received + 1 == chunk.getChunksInStep()) {
            return Arrival.COMPLETE;
        }
        return received == 0 ? Arrival.BEGUN : Arrival.WAITING;
    }

    /** Takes a step out and returns its chunks in chunk order. */
    List<ChunkPartial> take(String run, int step) {
        String stepKey = stepKey(run, step);
        List<KeyValue<String, ChunkPartial>> found = new ArrayList<>();
        try (KeyValueIterator<String, ChunkPartial> scan = chunks.prefixScan(stepKey, KEYS)) {
            scan.forEachRemaining(found::add);
        }
        found.forEach(entry -> chunks.delete(entry.key));
        steps.delete(stepKey);
        return found.stream().map(entry -> entry.value).toList();
    }

    /** Gives up the first pending step of the run. */
    GivenUp giveUpFirst(String run, int from) {
        try (KeyValueIterator<String, PendingStep> scan =
                steps.range(stepKey(run, from), stepKey(run, Integer.MAX_VALUE))) {
            KeyValue<String, PendingStep> first = scan.next();
            GivenUp old = givenUp(first);
            take(run, old.step());
            return old;
        }
    }

    /** Gives up the pending steps of the run from {@code from} to before {@code step}. */
    List<GivenUp> giveUp(String run, int from, int step) {
        List<GivenUp> old = new ArrayList<>();
        try (KeyValueIterator<String, PendingStep> scan = steps.range(stepKey(run, from), stepKey(run, step))) {
            while (scan.hasNext()) {
                GivenUp found = givenUp(scan.next());
                if (found.step() < step) {
                    old.add(found);
                }
            }
        }
        old.forEach(pending -> take(run, pending.step()));
        return old;
    }

    private static String stepKey(String run, int step) {
        return run + '|' + String.format(Locale.ROOT, "%010d", step) + '|';
    }

    private static GivenUp givenUp(KeyValue<String, PendingStep> entry) {
        int end = entry.key.length() - 1;
        int step = Integer.parseInt(entry.key.substring(end - 10, end));
        return new GivenUp(step, entry.value.getReceived(), entry.value.getChunksInStep());
    }
}
