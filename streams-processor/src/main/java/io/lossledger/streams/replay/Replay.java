package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.raw.ChosenRuns;
import io.lossledger.streams.raw.LostSteps;
import io.lossledger.streams.raw.RunRecords;
import io.lossledger.streams.raw.StepRange;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Processes the update records of some runs again. With the processor's settings it produces the same rows, bit for
 * bit, unless records of a run were lost since. Only the sink writes anything. Runs once; {@link #stop} may be called
 * by any thread.
 */
public final class Replay {
    /** More could not be fed by one that reads. */
    private static final int MOST_THREADS = 8;

    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReplaySettings settings;
    private final Map<String, Object> kafka;
    private final RowSink sink;
    private final MemoryLedger ledger;
    /** The manifests of runs without a row so far. */
    private final Map<String, RunManifest> unsaid = new HashMap<>();

    private final long startedNanos = System.nanoTime();
    private long oldestMillis = Long.MAX_VALUE;
    private long newestMillis = Long.MIN_VALUE;
    private SortedMap<String, ReplayedRun> committed = new TreeMap<>();
    private volatile boolean stopped;

    /**
     * Prepares a replay.
     *
     * @param kafka settings of the consumers, with {@code bootstrap.servers}
     * @param sink receives all rows, and the manifest of each run before its first row
     */
    public Replay(ReplaySettings settings, Map<String, Object> kafka, RowSink sink) {
        this.settings = settings;
        this.kafka = Map.copyOf(kafka);
        this.sink = sink;
        this.ledger = new MemoryLedger(
                settings.results(), settings.rule(), settings.range(), settings.partial(), this::accept);
    }

    /**
     * Replays everything in the topic, and returns when it is done or stopped. The sink commits at the end. If this
     * method throws, what the sink has not committed must not become visible.
     *
     * @param listener receives the progress about once a second
     * @throws IllegalArgumentException when a run or a topic does not exist, no step is in the range, or steps are gone
     *     and the settings are not partial
     * @throws io.lossledger.streams.allocate.UnfitRuleException when the rule cannot be applied and the settings are not partial
     * @throws io.lossledger.streams.raw.ReadException when Kafka cannot be read
     */
    public ReplayReport run(Consumer<ReplayProgress> listener) throws InterruptedException {
        String topic = LedgerTopic.UPDATE.named(settings.topicPrefix());
        SortedMap<String, RunManifest> manifests = ChosenRuns.read(kafka, settings.topicPrefix(), settings.runs());
        unsaid.putAll(manifests);
        ReplayProgress progress;
        try (RunRecords records = RunRecords.open(kafka, topic, manifests.values())) {
            if (!settings.partial()) {
                LostSteps.requireNone(records, kafka, topic, manifests.values(), settings.range());
            }
            read(records, new TreeSet<>(manifests.keySet()), listener);
            if (!stopped) {
                if (settings.partial()) {
                    ledger.omitUnsentSteps(manifests.keySet());
                }
                ledger.endOfUpdates();
            }
            progress = progress(records);
        }
        commit();
        if (!stopped && !settings.partial()) {
            manifests.keySet().forEach(run -> requireSteps(run, topic));
        }
        return new ReplayReport(booked(), ledger.rows(), ledger.duplicates(), ledger.refused(), progress, stopped);
    }

    /** The progress of each run with rows that the sink has committed. Not to be called during the replay. */
    public SortedMap<String, ReplayedRun> committed() {
        return new TreeMap<>(committed);
    }

    /** Stops the replay after the current record. */
    public void stop() {
        stopped = true;
    }

    private void read(RunRecords records, Collection<String> open, Consumer<ReplayProgress> listener)
            throws InterruptedException {
        long ticked = System.nanoTime();
        int threads = Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors() - 1));
        try (ParallelAllocator allocator = new ParallelAllocator(settings.rule(), settings.range(), threads)) {
            while (!stopped && !open.isEmpty() && !(records.isAtEnd() && allocator.isEmpty())) {
                Optional<ConsumerRecord<byte[], byte[]>> next = allocator.hasRoom()
                        ? records.next(allocator.isEmpty() ? PATIENCE : Duration.ZERO)
                        : Optional.empty();
                if (next.isPresent()) {
                    allocator.add(next.get());
                } else if (!allocator.isEmpty()) {
                    book(allocator.take(), open);
                }
                long now = System.nanoTime();
                if (now - ticked >= TICK_NANOS) {
                    ticked = now;
                    commit();
                    listener.accept(progress(records));
                }
            }
        }
    }

    private void book(AllocatedRecord record, Collection<String> open) {
        ledger.book(record);
        oldestMillis = Math.min(oldestMillis, record.timestampMillis());
        newestMillis = Math.max(newestMillis, record.timestampMillis());
        Update update = record.update();
        if (update != null && ledger.isFinished(update.getRun())) {
            open.remove(update.getRun());
        }
    }

    private void commit() {
        sink.commit();
        committed = booked();
    }

    private SortedMap<String, ReplayedRun> booked() {
        SortedMap<String, ReplayedRun> booked = new TreeMap<>();
        settings.runs().forEach(run -> booked.put(run, ledger.run(run)));
        booked.values().removeIf(run -> run.steps() == 0 && !run.finished());
        return booked;
    }

    private void accept(LedgerTopic topic, String key, Message row, long timestampMillis) {
        if (!unsaid.isEmpty()) {
            int end = key.indexOf('|');
            RunManifest manifest = unsaid.remove(end < 0 ? key : key.substring(0, end));
            if (manifest != null) {
                long started = manifest.hasStarted() ? Timestamps.toMillis(manifest.getStarted()) : timestampMillis;
                sink.accept(LedgerTopic.RUN, manifest.getRun(), replayed(manifest), started);
            }
        }
        sink.accept(topic, key, row, timestampMillis);
    }

    /** The manifest says what was replayed if it was not the whole run. */
    private RunManifest replayed(RunManifest manifest) {
        RunManifest.Builder replayed = manifest.toBuilder();
        settings.rule().ifPresent(rule -> replayed.setRule(rule.name()));
        StepRange range = settings.range();
        replayed.setFirstStep(Math.max(manifest.getFirstStep(), range.from()));
        if (manifest.hasLastStep()) {
            replayed.setLastStep(Math.min(manifest.getLastStep(), range.to()));
        }
        return replayed.build();
    }

    private void requireSteps(String run, String topic) {
        ReplayedRun booked = ledger.run(run);
        if (booked.steps() == 0 && !booked.finished()) {
            StepRange range = settings.range();
            String steps = range.equals(StepRange.ALL) ? "steps" : "steps from " + range.from() + " to " + range.to();
            throw new IllegalArgumentException(
                    "run: must have complete " + steps + " in " + topic + ". Found: none of " + run);
        }
    }

    private ReplayProgress progress(RunRecords records) {
        return new ReplayProgress(
                ledger.steps(),
                records.fraction(),
                records.bytes(),
                (System.nanoTime() - startedNanos) / 1e9,
                Math.max(0, newestMillis - oldestMillis));
    }
}
