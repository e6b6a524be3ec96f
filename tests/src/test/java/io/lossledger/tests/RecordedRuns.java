package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records synthetic runs, with their manifests, and reads back what is there of one of them. */
final class RecordedRuns {
    static final int STEPS = 30;
    static final int CHUNKS = 3;

    private static final int PARAMETERS = 12;

    private final long startMillis;
    private final String bootstrapServers;
    private final String watched;

    /** @param watched the run that is read back */
    RecordedRuns(String bootstrapServers, String watched) {
        this(bootstrapServers, watched, System.currentTimeMillis());
    }

    /** @param startMillis when runs begin */
    RecordedRuns(String bootstrapServers, String watched, long startMillis) {
        this.startMillis = startMillis;
        this.bootstrapServers = bootstrapServers;
        this.watched = watched;
    }

    /** @param ended whether it has end markers */
    void record(String prefix, String name, boolean ended) throws Exception {
        SyntheticRun run = new SyntheticRun(name, CHUNKS, PARAMETERS, 5, startMillis);
        announce(prefix, name);
        try (RawProducer producer = new RawProducer(bootstrapServers, prefix)) {
            for (int step = 0; step < STEPS; step++) {
                producer.send(run.step(step), run.timeMillis(step));
            }
            if (ended) {
                producer.send(run.end(STEPS), run.timeMillis(STEPS));
            }
            producer.flush();
        }
    }

    /** Sends the manifest of a run. */
    void announce(String prefix, String name) throws Exception {
        RunManifest manifest = RunManifest.newBuilder()
                .setRun(name)
                .setModel("synthetic")
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .setStarted(Timestamps.fromMillis(startMillis))
                .build();
        try (KafkaProducer<byte[], byte[]> manifests = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            manifests
                    .send(new ProducerRecord<>(
                            LedgerTopic.RUN.named(prefix), name.getBytes(UTF_8), RowFormat.JSON.serialize(manifest)))
                    .get();
        }
    }

    /** Sends a record at the time of the first step. */
    void send(String prefix, String key, byte[] value) {
        try (RawProducer producer = new RawProducer(bootstrapServers, prefix)) {
            producer.send(key.getBytes(UTF_8), value, startMillis);
            producer.flush();
        }
    }

    /** Sends records with the keys of the watched run's points; the value counts them within their block. */
    void sendPoints(String prefix, int blocks, int pointsInBlock) {
        String topic = LedgerTopic.TRAJECTORY.named(prefix);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            int partitions = producer.partitionsFor(topic).size();
            for (int i = 0; i < blocks * pointsInBlock; i++) {
                int block = i % blocks;
                var unused = producer.send(new ProducerRecord<>(
                        topic,
                        PointKey.partition(watched, block, partitions),
                        startMillis,
                        PointKey.of(watched, block).getBytes(UTF_8),
                        Integer.toString(i / blocks).getBytes(UTF_8)));
            }
        }
    }

    /** Key, partition, time, headers and value of each record of the run, those of a key in their order. */
    List<String> records(String prefix, LedgerTopic topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>(new Results(bootstrapServers, prefix).read(topic));
        found.removeIf(record -> !key(record).startsWith(watched));
        found.sort(Comparator.comparing(RecordedRuns::key));
        return found.stream()
                .map(record -> key(record) + " " + record.partition() + " " + record.timestamp() + " "
                        + record.headers() + " " + Arrays.hashCode(record.value()))
                .toList();
    }

    /** The run's manifests as they are. */
    List<String> manifests(String prefix) {
        return new Results(bootstrapServers, prefix)
                .read(LedgerTopic.RUN).stream()
                        .filter(record -> key(record).equals(watched))
                        .map(record -> new String(record.value(), UTF_8))
                        .toList();
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }
}
