package io.lossledger.producer.publish;

import io.lossledger.producer.step.ModelLayout;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishers for tests outside this package. */
public final class TestPublishers {
    private TestPublishers() {}

    public static LedgerPublisher intoTheVoid(ModelLayout layout) {
        return into(memory(), layout);
    }

    /** A producer of Kafka's that acknowledges everything and keeps it in memory. */
    public static MockProducer<String, byte[]> memory() {
        return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    /** The same in a Kafka whose topic of trajectories has this many partitions. */
    public static MockProducer<String, byte[]> memory(int partitions) {
        return new MockProducer<>(
                trajectories(partitions), true, null, new StringSerializer(), new ByteArraySerializer());
    }

    /** A cluster with the topic of trajectories. */
    public static Cluster trajectories(int partitions) {
        List<PartitionInfo> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionInfo("lossledger.trajectory", partition, null, null, null))
                .toList();
        return new Cluster(null, List.of(), all, Set.of(), Set.of());
    }

    /** @param chunkBytes largest size of the vectors in a record */
    public static LedgerPublisher into(
            Producer<String, byte[]> producer, RunManifest manifest, ModelLayout layout, int chunkBytes) {
        return new LedgerPublisher(
                producer, new PublisherSettings("lossledger.", chunkBytes, Duration.ZERO, Map.of()), manifest, layout);
    }

    public static LedgerPublisher into(Producer<String, byte[]> producer, ModelLayout layout) {
        return new LedgerPublisher(
                producer,
                new PublisherSettings("lossledger.", PublisherSettings.DEFAULT_CHUNK_BYTES, Duration.ZERO, Map.of()),
                RunManifest.newBuilder().setRun("r").build(),
                layout);
    }
}
