package io.lossledger.streams.queries;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.topology.ProcessorSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * The number of partitions of the update topic, and so of the stores. It never changes, so Kafka is asked once.
 * Thread-safe.
 */
public final class PartitionCount {
    private static final int PATIENCE_SECONDS = 10;

    private final ProcessorSettings settings;
    private int known;

    public PartitionCount(ProcessorSettings settings) {
        this.settings = settings;
    }

    synchronized int get() throws NotReadyException {
        if (known == 0) {
            Map<String, Object> config = new HashMap<>(settings.kafka());
            config.put("bootstrap.servers", settings.bootstrapServers());
            String topic = LedgerTopic.UPDATE.named(settings.topics().prefix());
            Admin admin = Admin.create(config);
            try {
                known = Objects.requireNonNull(admin.describeTopics(List.of(topic))
                                .topicNameValues()
                                .get(topic))
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .partitions()
                        .size();
            } catch (ExecutionException | TimeoutException e) {
                throw new NotReadyException("Kafka did not report how many partitions " + topic + " has", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NotReadyException("the processor is stopping", e);
            } finally {
                admin.close(Duration.ZERO);
            }
        }
        return known;
    }
}
