package io.lossledger.streams.letters;

import io.lossledger.protocol.LedgerTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The largest record that each topic accepts, as far as known. Thread-safe. */
public final class RecordLimits {
    private static final Logger log = LoggerFactory.getLogger(RecordLimits.class);
    private static final int PATIENCE_SECONDS = 10;

    private final Map<String, Long> known = new ConcurrentHashMap<>();

    /** Asks Kafka for the limits of the ledger's topics. Without an answer, limits are learnt from refusals. */
    public void read(Admin admin, String prefix) throws InterruptedException {
        List<ConfigResource> topics = new ArrayList<>();
        for (LedgerTopic topic : LedgerTopic.values()) {
            topics.add(new ConfigResource(ConfigResource.Type.TOPIC, topic.named(prefix)));
        }
        for (var answer : admin.describeConfigs(topics).values().entrySet()) {
            String topic = answer.getKey().name();
            try {
                ConfigEntry limit = answer.getValue()
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                if (limit != null && limit.value() != null) {
                    known.put(topic, Long.parseLong(limit.value()));
                }
            } catch (TimeoutException e) {
                return;
            } catch (ExecutionException e) {
                log.debug("What {} takes is not known", topic, e);
            }
        }
    }

    /** A broker has refused a record of this size. */
    void refused(String topic, long size) {
        known.merge(topic, size - 1, Math::min);
    }

    long of(String topic) {
        return known.getOrDefault(topic, Long.MAX_VALUE);
    }
}
