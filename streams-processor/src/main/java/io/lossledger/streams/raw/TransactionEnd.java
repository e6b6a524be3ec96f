package io.lossledger.streams.raw;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Waits for a transaction to become visible. */
public final class TransactionEnd {
    private TransactionEnd() {}

    /**
     * Waits until readers of committed records see the transaction: Kafka's commit returns some moments earlier. Only
     * then does the coordinator admit the next producer with the same transactional id.
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
