package io.lossledger.tests;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.Update;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends raw records at times of the caller's choice. */
final class RawProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    RawProducer(String bootstrapServers, String prefix) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        topic = LedgerTopic.UPDATE.named(prefix);
    }

    void send(Iterable<Update> updates, long timeMillis) {
        for (Update update : updates) {
            send(UpdateKey.of(update).getBytes(StandardCharsets.UTF_8), update.toByteArray(), timeMillis);
        }
    }

    void send(byte[] key, byte[] value, long timeMillis) {
        var unused = producer.send(new ProducerRecord<>(topic, null, timeMillis, key, value), (sent, fault) -> {
            if (fault != null) {
                failure.compareAndSet(null, fault);
            }
        });
    }

    /** Waits until Kafka has all of it. */
    void flush() {
        producer.flush();
        Exception fault = failure.get();
        if (fault != null) {
            throw new AssertionError("A raw record was lost: " + fault, fault);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
