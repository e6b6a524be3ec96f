package io.lossledger.streams.replay;

import com.google.protobuf.Message;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunManifest;
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
 * Processes what is in the update topic of some runs again. With the settings of the processor it makes the rows that the
 * processor made, bit for bit, unless a run's records were lost in between. Nothing is written but what the sink writes. Runs
 * once; {@link #stop} may be called by any thread.
 */
public final class Replay {
    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReplaySettings settings;
    private final Map<String, Object> kafka;
    private final RowSink sink;
    private final MemoryLedger ledger;
    /** Manifests of runs that have no row yet. */
    private final Map<String, RunManifest> unsaid = new HashMap<>();

    private final long startedNanos = System.nanoTime();
    private long oldestMillis = Long.MAX_VALUE;
    private long newestMillis = Long.MIN_VALUE;
    private SortedMap<String, ReplayedRun> committed = new TreeMap<>();
    private volatile boolean stopped;

    /**
     * A replay that has not begun.
     *
     * @param kafka settings of the consumers, with {@code bootstrap.servers}
     * @param sink takes all rows, and before the first one of each run its manifest
     */
    public Replay(ReplaySettings settings, Map<String, Object> kafka, RowSink sink) {
        this.settings = settings;
        this.kafka = Map.copyOf(kafka);
        this.sink = sink;
        this.ledger = new MemoryLedger(
                settings.results(), settings.rule(), settings.range(), settings.partial(), this::accept);
    }

    /**
     * Replays all that is there, and returns when it is done or stopped. The sink is told to commit at the end; what it has not
     * committed when this throws must not be seen.
     *
     * @param listener told how far it has come, about once a second
     * @throws IllegalArgumentException when a run or a topic does not exist, no step lies in the range, or steps are gone and
     *     the settings are not partial
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

    /** How far each run has come that the sink has committed rows of. Not while the replay is going on. */
    public SortedMap<String, ReplayedRun> committed() {
        return new TreeMap<>(committed);
    }

    /** Ends the replay after the record that is being booked. */
    public void stop() {
        stopped = true;
    }

    private void read(RunRecords records, Collection<String> open, Consumer<ReplayProgress> listener)
            throws InterruptedException {
        long ticked = System.nanoTime();
        while (!stopped && !open.isEmpty() && !records.isAtEnd()) {
            Optional<ConsumerRecord<byte[], byte[]>> next = records.next(PATIENCE);
            if (next.isPresent()) {
                ConsumerRecord<byte[], byte[]> record = next.get();
                ledger.book(record.key(), record.value(), record.timestamp());
                oldestMillis = Math.min(oldestMillis, record.timestamp());
                newestMillis = Math.max(newestMillis, record.timestamp());
                String run = RunRecords.runOf(record.key());
                if (ledger.isFinished(run)) {
                    open.remove(run);
                }
            }
            long now = System.nanoTime();
            if (now - ticked >= TICK_NANOS) {
                ticked = now;
                commit();
                listener.accept(progress(records));
            }
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

    /** The manifest says what was replayed, where that is not the whole. */
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
                    "run: must have whole " + steps + " in " + topic + ". Found: none of " + run);
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
