package io.lossledger.producer.publish;

import io.lossledger.producer.step.ModelLayout;
import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
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

    public static LedgerPublisher into(Producer<String, byte[]> producer, ModelLayout layout) {
        return new LedgerPublisher(
                producer,
                new PublisherSettings("lossledger.", PublisherSettings.DEFAULT_CHUNK_BYTES, Duration.ZERO, Map.of()),
                RunManifest.newBuilder().setRun("r").build(),
                layout);
    }
}
