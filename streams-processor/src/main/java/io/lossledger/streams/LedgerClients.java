package io.lossledger.streams;

import io.lossledger.streams.letters.RecordLimits;
import io.lossledger.streams.progress.CommitClock;
import io.lossledger.streams.progress.TimedProducer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's own clients, except that producers share what is known about record size limits and report when they wait. Thread-safe. */
final class LedgerClients implements KafkaClientSupplier {
    private static final Logger log = LoggerFactory.getLogger(LedgerClients.class);
    private static final int PAUSE_SECONDS = 5;

    private final RecordLimits limits = new RecordLimits();
    private final String prefix;
    private final CommitClock commits;

    /** @param commits learns when producers wait for Kafka */
    LedgerClients(String prefix, CommitClock commits) {
        this.prefix = prefix;
        this.commits = commits;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return PurgeWarning.on(patiently(() -> Admin.create(config)));
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        // Read again for each thread: a thread may have died because a limit changed.
        Admin admin = getAdmin(adminConfig(config));
        try {
            limits.read(admin, prefix);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            admin.close(Duration.ZERO);
        }
        return patiently(() -> new TimedProducer(config, limits, commits));
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

    /** Those of a producer without what only producers know; what login handlers and other extensions read stays. */
    private static Map<String, Object> adminConfig(Map<String, Object> config) {
        Map<String, Object> common = new HashMap<>(config);
        common.keySet()
                .removeIf(name -> ProducerConfig.configNames().contains(name)
                        && !AdminClientConfig.configNames().contains(name));
        return common;
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return patiently(() -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** A host name that does not resolve for a moment means that Kafka is unreachable; it is no reason to stop. */
    private static <T> T patiently(Supplier<T> client) {
        while (true) {
            try {
                return client.get();
            } catch (KafkaException e) {
                String cause = String.valueOf(e.getCause() == null ? e : e.getCause());
                if (!cause.contains("resolvable")) {
                    throw e;
                }
                log.warn("Waiting for Kafka: {}", cause);
                try {
                    TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }
}
