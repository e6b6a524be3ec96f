package io.lossledger.streams.metrics;

import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.books.RunFacts;
import io.lossledger.streams.letters.RejectionReason;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.topology.ProcessorListener;
import io.lossledger.streams.v1.RunBook;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of the processor and of the runs that it books, as listed in {@link LedgerMetric}. Those of a run exist
 * from the first step that this instance books until some minutes after the run's end, or until another instance takes
 * the run over. The numbers of runs, objectives and layers are bounded. Thread-safe.
 */
public final class LedgerMetrics implements ProcessorListener, AutoCloseable {
    static final Duration KEPT_AFTER_END = Duration.ofMinutes(10);
    static final Duration IDLE = Duration.ofMinutes(1);
    static final int MAX_RUNS = 200;
    static final int MAX_OBJECTIVES = 1_000;
    static final int MAX_LAYERS = 2_000;
    private static final int MAX_MANIFESTS = 10_000;

    private static final Logger log = LoggerFactory.getLogger(LedgerMetrics.class);
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(2),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final Clock clock;
    private final Duration keptAfterEnd;
    private final int maxRuns;
    private final Timer latency;
    private final Counter duplicates;
    private final Gauge stall;
    private final Map<RejectionReason, Counter> setAside = new EnumMap<>(RejectionReason.class);
    private final SeriesGroup own;
    private final SeriesBudget runBudget;
    private final SeriesBudget objectives;
    private final SeriesBudget layers;
    private final Map<String, RunMetrics> runs = new HashMap<>();
    /** The same runs, longest idle first. */
    private final Map<String, Long> enteredAt = new LinkedHashMap<>();

    private final Map<String, Long> endedAt = new HashMap<>();
    private final Set<String> withoutMetrics = new HashSet<>();
    private final Map<String, RunFacts> facts = new LinkedHashMap<>();
    private boolean reported;
    private volatile Supplier<Duration> stalled = () -> Duration.ZERO;

    public LedgerMetrics(MeterRegistry registry, Clock clock) {
        this(registry, clock, KEPT_AFTER_END, MAX_RUNS, MAX_OBJECTIVES, MAX_LAYERS);
    }

    public LedgerMetrics(
            MeterRegistry registry, Clock clock, Duration keptAfterEnd, int maxRuns, int maxObjectives, int maxLayers) {
        this.registry = registry;
        this.clock = clock;
        this.keptAfterEnd = keptAfterEnd;
        this.maxRuns = maxRuns;
        latency = Timer.builder(LedgerMetric.PROCESSOR_LATENCY.meterName())
                .description(LedgerMetric.PROCESSOR_LATENCY.help())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        duplicates = Counter.builder(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS.meterName())
                .description(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS.help())
                .register(registry);
        for (RejectionReason reason : RejectionReason.values()) {
            setAside.put(
                    reason,
                    Counter.builder(LedgerMetric.PROCESSOR_DEAD_LETTERS.meterName())
                            .description(LedgerMetric.PROCESSOR_DEAD_LETTERS.help())
                            .tag("reason", reason.label())
                            .register(registry));
        }
        stall = Gauge.builder(LedgerMetric.PROCESSOR_STALLED.meterName(), this, LedgerMetrics::stalledSeconds)
                .description(LedgerMetric.PROCESSOR_STALLED.help())
                .register(registry);
        own = new SeriesGroup(registry, Tags.empty());
        runBudget = budget("runs", maxRuns);
        objectives = budget("objectives", maxObjectives);
        layers = budget("layers", maxLayers);
    }

    private SeriesBudget budget(String what, int most) {
        return new SeriesBudget(what, most, own.with("of", what).series(LedgerMetric.PROCESSOR_DROPPED));
    }

    /** Shows for how long nothing has been committed although records wait. */
    public void stalled(Supplier<Duration> time) {
        stalled = time;
    }

    private double stalledSeconds() {
        return stalled.get().toMillis() / 1e3;
    }

    @Override
    public synchronized void entered(TaskId task, String run, RunBook book, List<Row> rows, long recordMillis) {
        try {
            show(task, run, book, rows);
        } catch (RuntimeException e) { // a failure to show the books must not stop them
            if (!reported) {
                reported = true;
                log.warn("Run {}: its metrics cannot be shown (reported once)", run, e);
            }
        }
        if (rows.stream().anyMatch(row -> row.value() instanceof StepRow)) {
            latency.record(Math.max(0, clock.millis() - recordMillis), TimeUnit.MILLISECONDS);
        }
    }

    private void show(TaskId task, String run, RunBook book, List<Row> rows) {
        if (rows.stream().anyMatch(LedgerMetrics::isDeletion)) {
            remove(run);
            return;
        }
        RunMetrics series = runs.get(run);
        if (series == null) {
            if (runs.size() == maxRuns && !makeRoom()) {
                refuse(run);
                return;
            }
            withoutMetrics.remove(run);
            series = new RunMetrics(registry, run, task, objectives, layers);
            runs.put(run, series);
            RunFacts known = facts.get(run);
            if (known != null) {
                series.describe(known);
            }
        }
        enteredAt.remove(run);
        enteredAt.put(run, clock.millis());
        series.enter(task, book, rows);
        if (series.hasEnded()) {
            endedAt.putIfAbsent(run, clock.millis());
        } else {
            endedAt.remove(run); // the transaction that ended it was aborted
        }
    }

    private static boolean isDeletion(Row row) {
        return row.value() instanceof WindowRow window && window.getOutcome() == RunStatus.RUN_STATUS_DELETED;
    }

    /** Active runs must not evict each other at every step: only an idle run makes room. */
    private boolean makeRoom() {
        Optional<String> ended =
                endedAt.entrySet().stream().min(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
        String resting = ended.orElseGet(() -> enteredAt.keySet().iterator().next());
        long idle = clock.millis() - enteredAt.getOrDefault(resting, 0L);
        if (ended.isEmpty() && idle < IDLE.toMillis()) {
            return false;
        }
        remove(resting);
        refuse(resting);
        return true;
    }

    private void refuse(String run) {
        if (withoutMetrics.size() == MAX_MANIFESTS) {
            withoutMetrics.clear();
        }
        if (withoutMetrics.add(run)) {
            runBudget.refuse();
        }
    }

    @Override
    public void duplicateChunk() {
        duplicates.increment();
    }

    @Override
    public void setAside(RejectionReason reason) {
        Objects.requireNonNull(setAside.get(reason)).increment();
    }

    /** Forgets runs that ended some time ago. */
    @Override
    public synchronized void tick() {
        long now = clock.millis();
        endedAt.entrySet().stream()
                .filter(run -> now - run.getValue() >= keptAfterEnd.toMillis())
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::remove);
    }

    @Override
    public synchronized void closed(TaskId task) {
        runs.entrySet().stream()
                .filter(run -> run.getValue().task().equals(task))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::remove);
    }

    /** Records the newest manifest of a run. */
    public synchronized void describe(RunManifest manifest) {
        RunFacts said = RunFacts.of(manifest);
        facts.remove(manifest.getRun()); // keeps the map in order of age
        facts.put(manifest.getRun(), said);
        if (facts.size() > MAX_MANIFESTS) {
            facts.remove(facts.keySet().iterator().next());
        }
        RunMetrics series = runs.get(manifest.getRun());
        if (series != null) {
            series.describe(said);
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(runs.keySet()).forEach(this::remove);
        own.removeAll();
        registry.remove(latency);
        registry.remove(duplicates);
        registry.remove(stall);
        setAside.values().forEach(registry::remove);
    }

    private void remove(String run) {
        RunMetrics series = runs.remove(run);
        endedAt.remove(run);
        enteredAt.remove(run);
        if (series != null) {
            series.removeAll();
        }
    }
}
