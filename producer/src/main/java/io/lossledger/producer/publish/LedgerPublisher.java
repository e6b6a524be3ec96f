package io.lossledger.producer.publish;

import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the steps of one run to the update topic, from any framework. If the manifest has a trajectory, the steps are recorded
 * instead, and only the end of the run goes to the update topic.
 *
 * <p>{@link #publish} cuts a step into chunks and hands them to Kafka's producer, which sends them on its own thread.
 * At most half of {@code buffer.memory} is kept unsent: when Kafka is slow, a step waits for room. When Kafka accepts
 * nothing for the time of the patience, the whole step is skipped, and so are later ones, without waiting, until Kafka
 * is back. A log line says that Kafka has acknowledged nothing for ten seconds, and another one that it does again. When Kafka
 * becomes unreachable within a step, the rest of that step is sent later. A record not acknowledged
 * within {@code delivery.timeout.ms} is lost. Skipped steps and lost records are counted in {@link #report()} and
 * logged once, and their steps are missing in the results. No exception is thrown, because training must go on.
 *
 * <p>The manifest is sent again with the newest step every five seconds, so that others see how far the training is.
 *
 * <p>Every update carries a random session number, which reveals a second use of the run id.
 *
 * <p>Not thread-safe, except for {@link #report()}, {@link #skip} and {@link #warn}.
 */
public final class LedgerPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerPublisher.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_WARNINGS = 100;
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Producer<String, byte[]> producer;
    private final PublisherSettings settings;
    private final ModelLayout layout;
    private final RunManifest manifest;
    private final long session = new SecureRandom().nextLong();
    private @Nullable UpdateBuilder updates;
    private int nextStep;
    private OptionalInt lastSent = OptionalInt.empty();
    private final LongSupplier clock;
    private long reportedAt;
    private boolean finished;

    private final AtomicLong steps = new AtomicLong();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Map<SkipReason, Long> skipped = new ConcurrentHashMap<>();
    private final RecordSender sender;
    private final StepSender stepSender;
    private final AckWatch watch;

    /**
     * Opens a run: connects, checks that the run is new and sends its manifest.
     *
     * @throws IllegalArgumentException when the manifest's run id is invalid, the run exists, a topic does not exist, this
     *     user must not write to it, or Kafka expects TLS and the client does not use it
     * @throws KafkaException when Kafka does not answer within the patience; the message names its address
     */
    public static LedgerPublisher open(PublisherSettings settings, RunManifest manifest, ModelLayout layout) {
        NewRun.require(settings, manifest);
        return new LedgerPublisher(
                new KafkaProducer<>(
                        settings.producerConfig(manifest.getRun()), new StringSerializer(), new ByteArraySerializer()),
                settings,
                manifest,
                layout);
    }

    LedgerPublisher(
            Producer<String, byte[]> producer, PublisherSettings settings, RunManifest manifest, ModelLayout layout) {
        this(producer, settings, manifest, layout, System::nanoTime);
    }

    /** @param clock such as {@link System#nanoTime} */
    LedgerPublisher(
            Producer<String, byte[]> producer,
            PublisherSettings settings,
            RunManifest manifest,
            ModelLayout layout,
            LongSupplier clock) {
        RunManifest.Builder opened = manifest.toBuilder()
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .setSession(session)
                .setParameters((double) layout.parameters())
                .setStarted(Timestamps.fromMillis(System.currentTimeMillis()));
        if (manifest.hasTrajectory()) {
            String points = LedgerTopic.TRAJECTORY.named(settings.topicPrefix());
            opened.getTrajectoryBuilder()
                    .setPartitions(producer.partitionsFor(points).size());
        }
        this.clock = clock;
        this.reportedAt = clock.getAsLong() - REPORT_NANOS; // the first step is reported at once
        this.producer = producer;
        this.settings = settings;
        this.layout = layout;
        this.sender = new RecordSender(producer, settings, manifest.getRun());
        String topic =
                (manifest.hasTrajectory() ? LedgerTopic.TRAJECTORY : LedgerTopic.UPDATE).named(settings.topicPrefix());
        this.stepSender = new StepSender(sender, new KafkaAvailability(producer, topic));
        String where = String.valueOf(settings.kafka().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
        this.watch = new AckWatch(
                        sender.unsent(),
                        System::nanoTime,
                        () -> RefusalReason.of(producer, topic),
                        said -> log.warn("Run {}: Kafka at {} {}", manifest.getRun(), where, said))
                .start();
        this.manifest = opened.build();
        this.nextStep = manifest.getFirstStep();
        this.updates =
                manifest.hasTrajectory() ? UpdateBuilder.forTrajectory(this.manifest, layout, settings.form()) : null;
        sender.offer(record(this.manifest)).ifPresent(sender::failed);
    }

    /**
     * Sends one step.
     *
     * @throws IllegalArgumentException when a vector does not have the model's length, steps do not increase, or
     *     element types differ
     * @throws IllegalStateException after {@link #finish}
     */
    public void publish(StepUpdate step) {
        if (finished) {
            throw new IllegalStateException("The run " + manifest.getRun() + " is finished");
        }
        if (step.stepsCovered() < 1 || step.step() - step.stepsCovered() + 1 < nextStep) {
            throw new IllegalArgumentException("step: must begin at step " + nextStep + " or later. Found: "
                    + step.stepsCovered() + " steps to step " + step.step());
        }
        UpdateBuilder builder = updates;
        if (builder == null) {
            builder = UpdateBuilder.forRun(manifest, session, layout, step, settings);
            updates = builder;
        }
        builder.require(step);
        nextStep = step.step() + 1;
        if (!sendSegment(records(builder, step), step.step())) {
            skip(step.stepsCovered(), SkipReason.KAFKA_AWAY);
        }
    }

    private StepRecords records(UpdateBuilder builder, StepUpdate step) {
        return new StepRecords() {
            @Override
            public int count() {
                return builder.chunks();
            }

            @Override
            public long bytes() {
                return builder.bytes(step);
            }

            @Override
            public ProducerRecord<String, byte[]> record(int index) {
                return LedgerPublisher.this.record(builder.chunk(step, index));
            }
        };
    }

    /**
     * Sends the records of a segment, and counts it.
     *
     * @param step last step of the segment
     * @return false when Kafka is away and none was handed over, which is not counted
     */
    public boolean sendSegment(StepRecords records, int step) {
        StepSender.Outcome outcome = send(records);
        if (outcome == StepSender.Outcome.AWAY) {
            return false;
        }
        steps.incrementAndGet();
        if (outcome != StepSender.Outcome.REFUSED) {
            lastSent = OptionalInt.of(step);
        }
        if (outcome == StepSender.Outcome.TAKEN && clock.getAsLong() - reportedAt >= REPORT_NANOS) {
            reportedAt = clock.getAsLong();
            reportProgress(step);
        }
        return true;
    }

    /** Sends records that end no segment; false when Kafka is away and none was handed over. */
    public boolean sendOther(StepRecords records) {
        return send(records) != StepSender.Outcome.AWAY;
    }

    /** Sends a small record, at the latest before the next ones or when the run ends. */
    public void sendOrKeep(ProducerRecord<String, byte[]> record) {
        stepSender.sendOrKeep(record);
    }

    private StepSender.Outcome send(StepRecords records) {
        StepSender.Outcome outcome = stepSender.send(records);
        if (outcome == StepSender.Outcome.AWAY) {
            watch.refused();
        }
        return outcome;
    }

    /** Says in the manifest how far the training is. */
    private void reportProgress(int step) {
        RunManifest progress = manifest.toBuilder()
                .setSentStep(step)
                .setSentTime(Timestamps.fromMillis(System.currentTimeMillis()))
                .build();
        sender.mention(record(progress));
    }

    /** Counts steps that were trained but not sent. May be called from any thread. */
    public void skip(int count, SkipReason reason) {
        if (skipped.merge(reason, (long) count, Long::sum) == count) {
            log.warn("Run {}: a step is skipped ({}); later ones are only counted", manifest.getRun(), reason);
        }
    }

    /** Logs a warning about the run, once, and adds it to the final manifest. May be called from any thread. */
    public void warn(String message) {
        synchronized (warnings) {
            if (warnings.size() >= MAX_WARNINGS || !warnings.add(message)) {
                return;
            }
        }
        log.warn("Run {}: {}", manifest.getRun(), message);
    }

    /**
     * Ends the run: sends the end marker of every chunk and the final manifest, and waits until all is acknowledged or
     * lost. Records that Kafka does not accept are sent again for {@code delivery.timeout.ms}.
     *
     * @param stepsTrained the step after the last one trained, measured or not
     * @param failure why the run failed; empty when it did not
     */
    public PublishReport finish(RunStatus outcome, int stepsTrained, String failure) {
        if (!finished) {
            finished = true;
            int end = Math.max(nextStep, stepsTrained);
            RunFinished marker = RunFinished.newBuilder().setOutcome(outcome).build();
            List<ProducerRecord<String, byte[]>> last = stepSender.takeKept();
            if (updates == null) {
                last.add(record(UpdateBuilder.emptyRunEnd(manifest, session, end, marker)));
            } else {
                for (int chunk = 0; chunk < updates.chunks(); chunk++) {
                    last.add(record(updates.end(end, chunk, marker)));
                }
            }
            // Whoever reads that the run has ended finds all of it: the manifest comes last.
            long deadline = sender.deadline();
            sender.deliver(last, deadline);
            sender.deliver(List.of(record(ended(outcome, failure))), deadline);
        }
        return report();
    }

    private RunManifest ended(RunStatus outcome, String failure) {
        RunManifest.Builder ended = manifest.toBuilder()
                .setStatus(outcome)
                .setFailure(failure)
                .setSkippedSteps((int) report().skippedSteps())
                .setEnded(Timestamps.fromMillis(System.currentTimeMillis()));
        lastSent.ifPresent(ended::setLastStep);
        synchronized (warnings) {
            ended.addAllWarnings(warnings);
        }
        return ended.build();
    }

    /** The manifest of the run in progress, with its session. */
    public RunManifest manifest() {
        return manifest;
    }

    /** The settings of this publisher. */
    public PublisherSettings settings() {
        return settings;
    }

    /** The id of the run. */
    public String run() {
        return manifest.getRun();
    }

    /** The bytes handed over and not yet acknowledged or lost. May be called from any thread. */
    public long unsentBytes() {
        return sender.unsentBytes();
    }

    /** How long records have waited without an acknowledgement; zero when none wait. May be called from any thread. */
    public Duration stalled() {
        return watch.stalled();
    }

    /** Binds the metrics of Kafka's own client, until the returned object is closed. */
    public KafkaClientMetrics bindClient(MeterRegistry registry) {
        KafkaClientMetrics client = new KafkaClientMetrics(producer);
        client.bindTo(registry);
        return client;
    }

    /** The booked tensors. */
    ModelLayout layout() {
        return layout;
    }

    /** What has happened to the run's records so far. May be called from any thread. */
    public PublishReport report() {
        return new PublishReport(
                steps.get(), sender.records(), sender.bytes(), sender.failedRecords(), skipped, sender.firstFailure());
    }

    /** Closes the connection; a run that was not finished stays open in the ledger. */
    @Override
    public void close() {
        stepSender.close();
        watch.close();
        producer.close(CLOSE_TIMEOUT);
    }

    private ProducerRecord<String, byte[]> record(Update update) {
        return new ProducerRecord<>(
                LedgerTopic.UPDATE.named(settings.topicPrefix()), UpdateKey.of(update), update.toByteArray());
    }

    private ProducerRecord<String, byte[]> record(RunManifest state) {
        return new ProducerRecord<>(
                LedgerTopic.RUN.named(settings.topicPrefix()), state.getRun(), RowFormat.JSON.serialize(state));
    }
}
