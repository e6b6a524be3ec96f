package io.lossledger.streams.raw;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** When a transaction can be seen. */
public final class TransactionEnd {
    private TransactionEnd() {}

    /**
     * Waits until whoever reads committed records sees what was committed: Kafka's commit returns some moments before. The
     * coordinator takes in the next producer of the same transactional id only then.
     *
     * @param config settings of the producer that committed, with its transactional id
     */
    public static void await(Map<String, Object> config) {
        KafkaProducer<byte[], byte[]> next =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            next.initTransactions();
        } finally {
            next.close(Duration.ZERO);
        }
    }
}
