package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Two runs to upgrade with: one that has ended, and one that is cut in the middle of a step. Both have a fixed and a sampled objective
 * and update parts; the second also lacks a step. Always the same bytes.
 */
final class UpgradeRuns {
    static final String ENDED = "ended";
    static final String HALF = "half";
    /** Both runs. */
    static final Set<String> NAMES = Set.of(ENDED, HALF);
    /** Steps of the second run that are begun, and not complete, at the cut. */
    static final int PENDING_STEPS = 2;

    private static final int ENDED_STEPS = 5;
    private static final int MISSING_STEP = 2;
    private static final int CUT = 6;
    private static final int HALF_STEPS = 11;
    /** 2026-01-01. */
    private static final long START_MILLIS = 1_767_225_600_000L;

    private final SyntheticRun ended = new SyntheticRun(ENDED, 2, 6, 5, START_MILLIS);
    private final SyntheticRun half = new SyntheticRun(HALF, 3, 6, 6, START_MILLIS);

    /** Sends what comes before the cut. */
    void first(String bootstrapServers, String prefix) throws Exception {
        sendManifests(bootstrapServers, prefix);
        try (RawProducer producer = new RawProducer(bootstrapServers, prefix)) {
            for (int step = 0; step < CUT; step++) {
                if (step < ENDED_STEPS) {
                    producer.send(ended.step(step), ended.timeMillis(step));
                }
                if (step != MISSING_STEP) {
                    producer.send(half.step(step), half.timeMillis(step));
                }
            }
            producer.send(ended.end(ENDED_STEPS), ended.timeMillis(ENDED_STEPS));
            producer.send("poison".getBytes(UTF_8), "no update".getBytes(UTF_8), START_MILLIS);
            List<Update> torn = half.step(CUT);
            producer.send(List.of(torn.get(0), torn.get(2)), half.timeMillis(CUT));
            producer.send(List.of(half.step(CUT + 1).get(1)), half.timeMillis(CUT + 1));
            producer.flush();
        }
    }

    /** Sends what comes after the cut; the prefix may also be that of a place to keep it. */
    void rest(String bootstrapServers, String prefix) {
        try (RawProducer producer = new RawProducer(bootstrapServers, prefix)) {
            producer.send(List.of(half.step(CUT).get(1)), half.timeMillis(CUT));
            List<Update> next = new ArrayList<>(half.step(CUT + 1));
            next.remove(1);
            producer.send(next, half.timeMillis(CUT + 1));
            for (int step = CUT + PENDING_STEPS; step < HALF_STEPS; step++) {
                producer.send(half.step(step), half.timeMillis(step));
            }
            producer.send(half.end(HALF_STEPS), half.timeMillis(HALF_STEPS));
            producer.flush();
        }
    }

    private static void sendManifests(String bootstrapServers, String prefix) throws Exception {
        try (KafkaProducer<byte[], byte[]> manifests = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String name : List.of(ENDED, HALF)) {
                RunManifest manifest = RunManifest.newBuilder()
                        .setRun(name)
                        .setModel("synthetic")
                        .setStatus(name.equals(ENDED) ? RunStatus.RUN_STATUS_FINISHED : RunStatus.RUN_STATUS_RUNNING)
                        .setStarted(Timestamps.fromMillis(START_MILLIS))
                        .build();
                byte[] value = RowFormat.JSON.serialize(manifest);
                manifests
                        .send(new ProducerRecord<>(
                                LedgerTopic.RUN.named(prefix), null, START_MILLIS, name.getBytes(UTF_8), value))
                        .get();
            }
        }
    }
}
