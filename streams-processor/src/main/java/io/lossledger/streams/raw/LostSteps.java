package io.lossledger.streams.raw;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds steps that a topic has dropped at the beginning of runs. */
public final class LostSteps {
    private static final Duration PATIENCE = Duration.ofMillis(100);
    /** A chunk still unseen after so many records of another chunk was not lost through retention. */
    private static final int MOST_SEEN = 100;

    /** The first remaining step of each chunk of a run. */
    private static final class Beginning {
        private final StepRange range;
        final Map<Integer, Integer> seen = new HashMap<>();
        int first = Integer.MAX_VALUE;
        int firstWhole;
        boolean anyOrder;
        boolean known;

        Beginning(StepRange range) {
            this.range = range;
        }

        /** The first step to be booked. */
        int wanted() {
            return Math.max(first, range.from());
        }

        void add(Update update) {
            anyOrder = update.getAnyOrder();
            int start = update.hasFinished()
                    ? update.getStep()
                    : update.getStep() - Math.max(1, update.getStepsCovered()) + 1;
            first = Math.min(first, update.getFirstStep());
            if (anyOrder) {
                addAnyOrder(update, start);
                return;
            }
            int times = seen.merge(update.getChunk(), 1, Integer::sum);
            if (times == 1) {
                firstWhole = Math.max(firstWhole, start);
            }
            known = seen.size() == update.getChunksInStep() || times == MOST_SEEN;
        }

        /** The first step may be anywhere. */
        private void addAnyOrder(Update update, int start) {
            seen.putIfAbsent(update.getChunk(), Integer.MAX_VALUE);
            seen.merge(update.getChunk(), start, Math::min);
            long begun =
                    seen.values().stream().filter(least -> least <= wanted()).count();
            known |= begun == update.getChunksInStep() || (update.hasLost() && start <= wanted());
        }
    }

    private LostSteps() {}

    /**
     * Checks the first records of each run, if the topic has dropped any records.
     *
     * @param records of the runs, not read yet; this method does not read them
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when steps of the range are gone; the message names them
     */
    public static void requireNone(
            RunRecords records, Map<String, Object> kafka, String topic, Collection<RunManifest> runs, StepRange range)
            throws InterruptedException {
        if (!records.mayHaveLost()) {
            return;
        }
        Map<String, Beginning> beginnings = new TreeMap<>();
        runs.forEach(run -> beginnings.put(run.getRun(), new Beginning(range)));
        try (RunRecords beginning = RunRecords.open(kafka, topic, runs)) {
            while (!beginning.isAtEnd() && beginnings.values().stream().anyMatch(run -> !run.known)) {
                Optional<ConsumerRecord<byte[], byte[]>> next = beginning.next(PATIENCE);
                if (next.isPresent()) {
                    Beginning run = beginnings.get(RunRecords.runOf(next.get().key()));
                    if (run != null && next.get().value() != null) {
                        add(run, next.get().value());
                    }
                }
            }
        }
        beginnings.forEach((name, run) -> require(name, run, topic));
    }

    private static void add(Beginning run, byte[] value) {
        try {
            Update update = Update.parseFrom(value);
            if (!update.hasRequest()) {
                run.add(update);
            }
        } catch (InvalidProtocolBufferException e) {
            // refused when it is booked
        }
    }

    private static void require(String name, Beginning run, String topic) {
        int wanted = run.wanted();
        if (run.anyOrder && !run.known) {
            throw new IllegalArgumentException(
                    "run: must be complete in " + topic + " (--partial uses what is left). Found: step " + wanted
                            + " of " + name + " no longer exists, or has not been measured");
        }
        if (run.seen.isEmpty() || run.firstWhole <= wanted) {
            return;
        }
        int last = Math.min(run.firstWhole - 1, run.range.to());
        throw new IllegalArgumentException(
                "run: must be complete in " + topic + " (--partial uses what is left). Found: "
                        + (last == wanted ? "step " + wanted : "steps " + wanted + " to " + last) + " of " + name
                        + " no longer exist");
    }
}
