package io.lossledger.streams.raw;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunRequest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Asks processors to end or delete runs, and waits for the row with the answer: the closing balance, or a row that says
 * deleted. Answers are read from the end of the window topic at the time this was opened. Not thread-safe.
 */
public final class ProcessorRequests implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, Object> kafka;
    private final String topicPrefix;
    private final Consumer<byte[], byte[]> answers;
    private final Set<TopicPartition> answerPartitions;

    /**
     * Finds the end of the window topic.
     *
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     * @throws org.apache.kafka.common.errors.TopicAuthorizationException when the window topic may not be read
     */
    public static ProcessorRequests open(Map<String, Object> kafka, String topicPrefix) {
        Map<String, Object> config = CommittedReads.settings(kafka);
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return new ProcessorRequests(kafka, topicPrefix, consumer);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private ProcessorRequests(Map<String, Object> kafka, String topicPrefix, Consumer<byte[], byte[]> answers) {
        this.kafka = Map.copyOf(kafka);
        this.topicPrefix = topicPrefix;
        this.answers = answers;
        String topic = LedgerTopic.WINDOW.named(topicPrefix);
        answers.assign(CommittedReads.partitions(answers, topic, TIMEOUT));
        answerPartitions = answers.assignment();
        answers.endOffsets(answerPartitions, TIMEOUT).forEach(answers::seek);
    }

    /**
     * Writes the requests, one record to every partition of the update topic for each run.
     *
     * @param runs manifests of the runs
     * @throws ExecutionException when Kafka refuses; its cause says why
     */
    public void send(Collection<RunManifest> runs, RunAction action) throws ExecutionException, InterruptedException {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        String topic = LedgerTopic.UPDATE.named(topicPrefix);
        List<Future<?>> sent = new ArrayList<>();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            int partitions = producer.partitionsFor(topic).size();
            for (RunManifest run : runs) {
                for (int partition = 0; partition < partitions; partition++) {
                    Update request = request(run.getRun(), run.getSession(), action, partition, partitions);
                    sent.add(producer.send(new ProducerRecord<>(
                            topic, partition, run.getRun().getBytes(StandardCharsets.UTF_8), request.toByteArray())));
                }
            }
            for (Future<?> record : sent) {
                record.get();
            }
        }
    }

    /** The record of one partition. */
    public static Update request(String run, long session, RunAction action, int partition, int partitions) {
        return Update.newBuilder()
                .setRun(run)
                .setSession(session)
                .setRequest(RunRequest.newBuilder()
                        .setAction(action)
                        .setPartition(partition)
                        .setPartitions(partitions))
                .build();
    }

    /**
     * Waits for answers.
     *
     * @param runs ids of the runs
     * @param patience the longest time to wait
     * @param waiting called several times a second
     * @return the first row of each answer by run id, without the runs that no processor has answered for
     */
    public Map<String, WindowRow> await(
            Collection<String> runs, RunAction action, Duration patience, Runnable waiting) {
        Map<String, WindowRow> answered = new HashMap<>();
        Set<String> open = new HashSet<>(runs);
        long deadline = System.nanoTime() + patience.toNanos();
        while (!open.isEmpty() && !answerPartitions.isEmpty() && System.nanoTime() < deadline) {
            waiting.run();
            for (ConsumerRecord<byte[], byte[]> entry : answers.poll(POLL)) {
                String run = RunRecords.runOf(entry.key());
                WindowRow row = row(entry);
                if (open.contains(run) && isAnswer(row, action)) {
                    answered.put(run, row);
                    open.remove(run);
                }
            }
        }
        return answered;
    }

    /** A row that cannot be parsed was not written by a processor. */
    private static WindowRow row(ConsumerRecord<byte[], byte[]> entry) {
        WindowRow.Builder row = WindowRow.newBuilder();
        try {
            return entry.value() == null
                    ? row.build()
                    : RowFormat.read(entry.value(), row).build();
        } catch (InvalidProtocolBufferException e) {
            return WindowRow.getDefaultInstance();
        }
    }

    private static boolean isAnswer(WindowRow row, RunAction action) {
        boolean deleted = row.getOutcome() == RunStatus.RUN_STATUS_DELETED;
        return row.getKind() == WindowKind.WINDOW_KIND_RUN && deleted == (action == RunAction.RUN_ACTION_DELETE);
    }

    @Override
    public void close() {
        answers.close();
    }
}
