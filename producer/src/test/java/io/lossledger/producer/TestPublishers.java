package io.lossledger.producer;

import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishers for tests outside this package. */
public final class TestPublishers {
    private TestPublishers() {}

    /** Sends to a producer of Kafka's that acknowledges everything and keeps it in memory. */
    public static LedgerPublisher intoTheVoid(ModelLayout layout) {
        return new LedgerPublisher(
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()),
                new PublisherSettings("lossledger.", PublisherSettings.DEFAULT_CHUNK_BYTES, Duration.ZERO, Map.of()),
                RunManifest.newBuilder().setRun("r").build(),
                layout);
    }
}
