package io.lossledger.streams;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Kafka's own clients, but for producers: those share what is known about the size of records. Thread-safe. */
final class LedgerClients implements KafkaClientSupplier {
    private final RecordLimits limits = new RecordLimits();
    private final String prefix;

    LedgerClients(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        // Anew for each thread: one may have died because a limit had changed.
        try (Admin admin = Admin.create(adminConfig(config))) {
            limits.read(admin, prefix);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new LimitedProducer(config, limits);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return consumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return consumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return consumer(config);
    }

    /** What an administrative client knows of a producer's settings, such as security. */
    private static Map<String, Object> adminConfig(Map<String, Object> config) {
        Map<String, Object> common = new HashMap<>(config);
        common.keySet().retainAll(AdminClientConfig.configNames());
        return common;
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
