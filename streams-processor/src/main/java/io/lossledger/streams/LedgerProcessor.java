package io.lossledger.streams;

import io.lossledger.streams.letters.RecoverableFailures;
import io.lossledger.streams.letters.RejectionListener;
import io.lossledger.streams.metrics.LedgerMetrics;
import io.lossledger.streams.progress.CommitClock;
import io.lossledger.streams.progress.Progress;
import io.lossledger.streams.progress.RestoreCount;
import io.lossledger.streams.queries.ManifestFollower;
import io.lossledger.streams.queries.PartitionCount;
import io.lossledger.streams.queries.RunQueries;
import io.lossledger.streams.topology.LedgerTopology;
import io.lossledger.streams.topology.ProcessorListener;
import io.lossledger.streams.topology.ProcessorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running processor. The update topic must exist. Waits while the broker is unreachable. Stops for good on an error
 * that it cannot recover from, and then reports it in {@link #failure()}. Thread-safe.
 */
public final class LedgerProcessor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerProcessor.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final KafkaStreams streams;
    private final RunQueries queries;
    private final Optional<LedgerMetrics> metrics;
    private final Optional<ManifestFollower> manifests;
    private final Progress progress;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** A processor without metrics. */
    public LedgerProcessor(ProcessorSettings settings) {
        this(settings, Optional.empty());
    }

    /**
     * A processor that shows the metrics of {@link io.lossledger.protocol.LedgerMetric} until it is closed.
     *
     * @param registry a registry that no other processor uses for its metrics
     */
    public LedgerProcessor(ProcessorSettings settings, MeterRegistry registry) {
        this(settings, Optional.of(new LedgerMetrics(registry, Clock.systemUTC())));
    }

    private LedgerProcessor(ProcessorSettings settings, Optional<LedgerMetrics> metrics) {
        this.metrics = metrics;
        ProcessorListener listener = metrics.isPresent() ? metrics.get() : ProcessorListener.NONE;
        manifests = metrics.map(known -> new ManifestFollower(settings, known::describe));
        Properties properties = settings.streamsProperties();
        properties.put(RejectionListener.CONFIG, listener);
        CommitClock commits = new CommitClock(System::nanoTime);
        RestoreCount restore = new RestoreCount();
        progress = new Progress(System::nanoTime, commits, restore);
        streams = new KafkaStreams(
                LedgerTopology.build(settings, listener),
                properties,
                new LedgerClients(settings.topics().prefix(), commits));
        streams.setGlobalStateRestoreListener(restore);
        metrics.ifPresent(known -> known.stalled(() -> progress.stalled(streams.metrics())));
        queries = new RunQueries(
                streams,
                Optional.ofNullable(settings.kafka().get(StreamsConfig.APPLICATION_SERVER_CONFIG))
                        .map(HostInfo::buildFromEndpoint),
                new PartitionCount(settings));
        streams.setUncaughtExceptionHandler(this::afterDeathOfThread);
        streams.setStateListener((next, before) -> {
            log.debug("{} -> {}", before, next);
            progress.runs(next == State.RUNNING);
            if (next == State.REBALANCING && before == State.RUNNING) {
                log.info("Rebalancing: the partitions are being reassigned");
            }
            if (next == State.RUNNING) {
                log.info("Processing {}", share());
                running.countDown();
            }
            if (next == State.NOT_RUNNING || next == State.ERROR) {
                running.countDown();
                stopped.countDown();
            }
        });
    }

    private StreamThreadExceptionResponse afterDeathOfThread(Throwable fault) {
        if (RecoverableFailures.isRecoverable(fault)) {
            log.warn("A thread goes back to the last commit and starts again: {}", fault.toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        failure.compareAndSet(null, fault);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** The partitions that this instance reads, such as {@code lossledger.update-0}. */
    private Set<String> share() {
        return partitions().stream().map(TopicPartition::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The partitions that this instance reads now. */
    public Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
            for (TaskMetadata task : thread.activeTasks()) {
                partitions.addAll(task.topicPartitions());
            }
        }
        return partitions;
    }

    /** Why nothing has been committed for ten seconds, although records wait; empty when all is well or nothing waits. */
    public Optional<String> stall() {
        return progress.stall(streams.metrics());
    }

    /** What a processor that does not run has waited for, for ten seconds: its state, or its share of the partitions. */
    public Optional<String> sharing() {
        return isStopped() ? Optional.empty() : progress.sharing();
    }

    /** Starts and returns at once. */
    public void start() {
        streams.start();
        manifests.ifPresent(ManifestFollower::start);
    }

    /**
     * Waits until the processor has its share of the partitions; false when this took too long or the processor has
     * stopped.
     */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && stopped.getCount() > 0;
    }

    /** Whether the processor has its share of the partitions. */
    public boolean isRunning() {
        return streams.state() == State.RUNNING;
    }

    /** Kafka's name for the state of the processor, such as {@code REBALANCING}. */
    public String state() {
        return streams.state().name();
    }

    /** Reads the books. */
    public RunQueries queries() {
        return queries;
    }

    /** Kafka's own handle, for its metrics. */
    public KafkaStreams kafkaStreams() {
        return streams;
    }

    /** Whether the processor has stopped, through {@link #stop} or because of an error. */
    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** The error that stopped the processor, if there was one. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Commits what is booked, hands its partitions over and stops; false when this took more than half a minute. */
    public boolean stop() {
        // If this member stayed in the group, the next start would have to wait for its session to time out.
        CloseOptions options =
                CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP);
        return streams.close(options);
    }

    @Override
    public void close() {
        // A stop that took too long is still under way; waiting a second time would not help.
        if (streams.state() != State.PENDING_SHUTDOWN && !stop()) {
            log.warn("The processor did not stop within {} s", CLOSE_TIMEOUT.toSeconds());
        }
        manifests.ifPresent(ManifestFollower::close);
        metrics.ifPresent(LedgerMetrics::close);
    }
}
