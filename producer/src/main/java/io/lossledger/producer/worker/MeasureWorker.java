package io.lossledger.producer.worker;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.ListenerProtocol;
import io.lossledger.protocol.SocketBuffers;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures recorded runs, sharing the work with all workers of its group: Kafka gives each of them some partitions, and the blocks
 * of a run go round the partitions. A block is written as a whole, in one transaction with the group's offset, so it is
 * booked once, whatever happens to the worker; when it dies, another one measures the block again.
 *
 * <p>The lowest block comes first. A worker waits when it would get too far ahead of a block that another worker measures,
 * because what is measured waits in the processor until all before it is.
 *
 * <p>{@link #run} and {@link #close} are for one thread; {@link #stop} and {@link #progress} for any.
 */
public final class MeasureWorker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MeasureWorker.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration POLL_WHILE_MEASURING = Duration.ofMillis(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final int EVALUATION_SECONDS = 30;
    private static final int POLL_RECORDS = 8;
    /** After this time, the work of a worker that died goes to the others. */
    private static final int SESSION_MILLIS = 15_000;

    private static final int MOST_UNMEASURED = 2;
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WorkerSettings settings;
    private final WorkerListener listener;
    private final MeasuredRuns runs;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final BlockWriter writer;
    private final GroupView group;
    private final BlockIntake intake;
    private final RunSettler settler;
    private final String topic;
    private final Map<TopicPartition, PartitionQueue> queues = new HashMap<>();
    private final ExecutorService evaluation = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "lossledger-measure");
        thread.setDaemon(true);
        return thread;
    });
    private long committedAt = System.nanoTime();
    private long failedAt = System.nanoTime() - RETRY_NANOS;
    private boolean failing;
    private boolean opened;
    private volatile WorkerProgress progress = WorkerProgress.NOTHING;
    private volatile boolean stopped;

    /**
     * Connects to Kafka.
     *
     * @param measurers opens the measurer of a recorded run; throws IllegalArgumentException when this worker cannot measure it
     * @throws IllegalArgumentException when Kafka expects TLS and the client does not use it
     */
    public MeasureWorker(
            WorkerSettings settings, Function<RunManifest, RunMeasurer> measurers, WorkerListener listener) {
        ListenerProtocol.require(settings.kafka());
        this.settings = settings;
        this.listener = listener;
        this.topic = LedgerTopic.TRAJECTORY.named(settings.topicPrefix());
        this.runs = new MeasuredRuns(settings, measurers, listener, evaluation);
        this.writer = new BlockWriter(settings);
        this.consumer = new KafkaConsumer<>(consumerConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.group = new GroupView(consumer, topic, settings, listener);
        this.intake = new BlockIntake(runs, group, evaluation, listener);
        this.settler = new RunSettler(settings, runs, group, writer, listener);
    }

    private Map<String, Object> consumerConfig() {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, settings.group());
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        config.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, SocketBuffers.OF_THE_SYSTEM);
        config.putAll(settings.kafka());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(CooperativeStickyAssignor.class));
        return config;
    }

    /**
     * Measures until the run is complete, or until it is stopped.
     *
     * @return whether the run that it was asked for is complete
     * @throws IllegalArgumentException when this worker cannot measure that run
     */
    public boolean run() {
        consumer.subscribe(List.of(topic), new Rebalance());
        boolean complete = false;
        while (!stopped && !complete) {
            try {
                settings.run().ifPresent(this::open);
                read();
                take();
                write();
                commitPassed(COMMIT_NANOS);
                complete = settle();
            } catch (RetriableException e) {
                failed(e);
            }
        }
        return complete;
    }

    /** Opens the run that was asked for as soon as it is there, so that what is wrong is said at once. */
    private void open(String run) {
        if (runs.manifest(run).isPresent()) {
            RunManifest booked = runs.measurer(run).orElseThrow().manifest();
            if (!opened && settings.as().isPresent()) {
                settler.begin(run, booked);
            }
            opened = true;
        }
    }

    /** Ends {@link #run} soon; what is open is measured by another worker, or by the next one. */
    public void stop() {
        stopped = true;
    }

    /** How far this worker is. */
    public WorkerProgress progress() {
        return progress;
    }

    @Override
    public void close() {
        stopped = true;
        runs.stop();
        evaluation.shutdownNow();
        writer.close();
        consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        try {
            // Evaluation is native code, and its memory must not go while it runs.
            if (evaluation.awaitTermination(EVALUATION_SECONDS, TimeUnit.SECONDS)) {
                runs.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        List<TopicPartition> full = new ArrayList<>();
        List<TopicPartition> hungry = new ArrayList<>();
        queues.forEach((partition, queue) -> (queue.waiting() >= POLL_RECORDS ? full : hungry).add(partition));
        consumer.pause(full);
        consumer.resume(hungry);
        openMissing();
        boolean measuring = intake.unmeasured() > 0;
        ConsumerRecords<byte[], byte[]> records = consumer.poll(measuring ? POLL_WHILE_MEASURING : POLL);
        for (TopicPartition partition : records.partitions()) {
            PartitionQueue queue = queues.get(partition);
            if (queue != null) {
                queue.read(records.records(partition));
            }
        }
        double steps = 0;
        long oldest = Long.MAX_VALUE;
        for (PartitionQueue queue : queues.values()) {
            queue.passTo(consumer.position(queue.partition()));
            steps += queue.steps(
                    queue.waiting() + consumer.currentLag(queue.partition()).orElse(0));
            oldest = Math.min(oldest, queue.oldestMillis());
        }
        progress = progress.waiting(steps, oldest);
    }

    /** A partition whose progress could not be read when it came to this worker. */
    private void openMissing() {
        for (TopicPartition partition : consumer.assignment()) {
            if (!queues.containsKey(partition)) {
                PartitionQueue queue = queue(partition);
                queues.put(partition, queue);
                consumer.seek(partition, queue.position());
            }
        }
    }

    /** Takes records, lowest block first, while the evaluation needs some. */
    private void take() {
        List<PartitionQueue> waiting = new ArrayList<>(queues.values());
        while (intake.unmeasured() < MOST_UNMEASURED) {
            waiting.removeIf(queue -> queue.waiting() == 0);
            Optional<PartitionQueue> lowest = waiting.stream().min(Comparator.comparingLong(PartitionQueue::order));
            if (lowest.isEmpty()) {
                break;
            }
            if (!intake.take(lowest.get())) {
                waiting.remove(lowest.get());
            }
        }
        progress = progress.withInvalid(intake.invalid());
    }

    /** Writes the blocks that are measured. */
    private void write() {
        if (System.nanoTime() - failedAt < RETRY_NANOS) {
            return;
        }
        for (PartitionQueue queue : List.copyOf(queues.values())) {
            for (var next = queue.measured(); next.isPresent(); next = queue.measured()) {
                if (!write(queue, next.get())) {
                    return;
                }
            }
        }
    }

    private boolean write(PartitionQueue queue, PartitionQueue.Ended next) {
        BlockWork.Result result = next.block().result();
        OffsetAndMetadata offset = queue.offsetAfter(next);
        try {
            long bytes = writer.write(result.updates(), Map.of(queue.partition(), offset), consumer.groupMetadata());
            group.wrote(queue.partition(), offset, result.segments() == 0 ? 0 : bytes);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            log.info(
                    "Block {} of {} may belong to another worker now",
                    next.block().block(),
                    next.run(),
                    e);
            again(queue);
            return false;
        } catch (AuthorizationException | RecordTooLargeException e) {
            throw e; // another attempt would end like this one
        } catch (KafkaException e) {
            failed(e);
            return false;
        }
        if (failing) {
            failing = false;
            listener.said("Kafka takes what is measured again");
        }
        queue.written(offset);
        progress = progress.written(result);
        listener.blockWritten(
                next.block().measurer().manifest().getRun(),
                next.block().block(),
                result.segments(),
                result.lostSteps());
        return true;
    }

    private void failed(KafkaException fault) {
        failedAt = System.nanoTime();
        if (!failing) {
            failing = true;
            listener.said("Kafka at " + settings.kafka().get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG)
                    + " does not answer, or takes nothing; trying again until it does: " + fault.getMessage());
        }
    }

    /** Reads a partition again from where its group is. */
    private void again(PartitionQueue queue) {
        queue.cancel();
        queues.remove(queue.partition());
        openMissing();
    }

    private PartitionQueue queue(TopicPartition partition) {
        OffsetAndMetadata committed = group.committed(partition);
        return committed == null
                ? new PartitionQueue(partition, 0, GroupProgress.NOTHING.by(settings.build()))
                : new PartitionQueue(
                        partition,
                        committed.offset(),
                        GroupProgress.parse(committed.metadata()).by(settings.build()));
    }

    /** Commits what was passed and belongs to no block of this worker, such as other runs. */
    private void commitPassed(long everyNanos) {
        boolean early = settings.run().isPresent() && !opened;
        if (early || System.nanoTime() - committedAt < everyNanos) {
            return;
        }
        committedAt = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        queues.values().forEach(queue -> queue.passed().ifPresent(offset -> offsets.put(queue.partition(), offset)));
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets);
            offsets.keySet().forEach(this::committed);
        } catch (KafkaException e) { // a rebalance, or Kafka is away
            log.debug("The position is committed later", e);
        }
    }

    private void committed(TopicPartition partition) {
        PartitionQueue queue = queues.get(partition);
        if (queue != null) {
            queue.committed();
        }
    }

    /** Settles the runs that have ended and are measured; true when the run that the worker was asked for is one of them. */
    private boolean settle() {
        for (String run : runs.open()) {
            if (runs.measurer(run).isEmpty()) { // it was deleted
                queues.values().forEach(queue -> queue.dropUnless(runs::isWanted));
            } else if (settler.isRead(run, queues.values())) {
                commitPassed(0);
                if (group.isCommitted(run)) {
                    progress = progress.withLost(settler.settle(run));
                    if (settings.run().isPresent()) {
                        return true;
                    }
                    runs.release(run);
                    group.forget(run);
                }
            }
        }
        return false;
    }

    private final class Rebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                PartitionQueue queue = queues.remove(partition);
                if (queue != null) {
                    queue.cancel();
                }
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                try {
                    queues.put(partition, queue(partition));
                } catch (RetriableException e) {
                    log.debug("The progress of {} is read later", partition, e);
                }
            }
        }
    }
}
