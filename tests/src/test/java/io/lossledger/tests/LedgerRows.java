package io.lossledger.tests;

import com.google.protobuf.Message;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes rows of a run with one layer, a second of its time for each step, as a processor would. Not thread-safe. */
final class LedgerRows implements AutoCloseable {
    private static final long START_MILLIS = System.currentTimeMillis();

    private final String prefix;
    private final String run;
    private final long startMillis;
    private final KafkaProducer<String, byte[]> producer;

    LedgerRows(String bootstrapServers, String prefix, String run) {
        this(bootstrapServers, prefix, run, START_MILLIS);
    }

    /** @param startMillis time of step 0 */
    LedgerRows(String bootstrapServers, String prefix, String run, long startMillis) {
        this.prefix = prefix;
        this.run = run;
        this.startMillis = startMillis;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "metadata.max.age.ms", 500),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    void manifest() throws Exception {
        RunManifest manifest = RunManifest.newBuilder()
                .setRun(run)
                .setStarted(Timestamps.fromMillis(startMillis))
                .addObjectives(ObjectiveManifest.newBuilder().setName("train"))
                .addLayers(LayerManifest.newBuilder().setLayer("fc1").setUnits(1))
                .build();
        send(LedgerTopic.RUN, manifest, 0);
    }

    /** Rows of step and layer; the loss falls by 1 in each step. */
    void steps(int from, int to) throws Exception {
        steps(from, to, "train", 1);
    }

    /** The same of any objective, whose loss falls by so much in each step. */
    void steps(int from, int to, String objective, int fall) throws Exception {
        for (int step = from; step < to; step++) {
            StepRow row = StepRow.newBuilder()
                    .setRun(run)
                    .setStep(step)
                    .setTime(Timestamps.fromMillis(startMillis + 1_000L * step))
                    .setObjective(objective)
                    .setLossStart(fall * (1 - step))
                    .setLossEnd(fall * -step)
                    .setCumulativeLossChange(fall * (-step - 1))
                    .setCumulativeLca(fall * (-step - 1))
                    .setStepsBooked(step + 1)
                    .build();
            LayerRow layer = LayerRow.newBuilder()
                    .setRun(run)
                    .setStep(step)
                    .setObjective(objective)
                    .setLayer("fc1")
                    .setLca(-fall)
                    .setCumulativeLca(fall * (-step - 1))
                    .setHelp(-fall)
                    .setSamplingError(fall)
                    .build();
            send(LedgerTopic.STEP, row, step);
            send(LedgerTopic.LAYER, layer, step);
        }
    }

    /** How many partitions a topic has, as the next row will find them. */
    int partitions(LedgerTopic topic) {
        return producer.partitionsFor(topic.named(prefix)).size();
    }

    @Override
    public void close() {
        producer.close();
    }

    /** Any row of the run, at the time of a step. */
    void send(LedgerTopic topic, Message row, int step) throws Exception {
        long time = startMillis + 1_000L * step;
        producer.send(new ProducerRecord<>(topic.named(prefix), null, time, run, RowFormat.JSON.serialize(row)))
                .get(1, TimeUnit.MINUTES);
    }
}
