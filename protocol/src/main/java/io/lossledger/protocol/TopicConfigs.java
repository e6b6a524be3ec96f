package io.lossledger.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of topics, as far as this user may read them. Immutable.
 *
 * @param byTopic settings by the name of the topic
 */
public record TopicConfigs(Map<String, Config> byTopic) {
    private static final Logger log = LoggerFactory.getLogger(TopicConfigs.class);
    private static final int TIMEOUT_SECONDS = 60;

    public TopicConfigs {
        byTopic = Map.copyOf(byTopic);
    }

    /**
     * Reads the settings of topics. It leaves out those that this user must not read.
     *
     * @throws TimeoutException when the cluster does not answer within a minute
     */
    public static TopicConfigs of(Admin admin, Collection<String> topics)
            throws InterruptedException, TimeoutException {
        List<ConfigResource> asked = topics.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, KafkaFuture<Config>> answers =
                admin.describeConfigs(asked).values();
        Map<String, Config> found = new TreeMap<>();
        for (ConfigResource topic : asked) {
            try {
                found.put(
                        topic.name(),
                        Objects.requireNonNull(answers.get(topic)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                log.debug("The settings of {} are not known", topic.name(), e);
            }
        }
        return new TopicConfigs(found);
    }

    /** One line for each of the topics that nobody can write to, because it has fewer copies than it needs. */
    public static List<String> copiesWarnings(Admin admin, Collection<String> names)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, TopicDescription> topics = TopicPresence.of(admin, names).existing();
        List<String> warnings = new ArrayList<>();
        of(admin, topics.keySet())
                .byTopic()
                .forEach((name, config) -> copiesWarning(Objects.requireNonNull(topics.get(name)), config)
                        .ifPresent(warnings::add));
        warnings.sort(null);
        return warnings;
    }

    /** One line if nobody can write to the topic, because it has fewer copies than it needs. */
    public static Optional<String> copiesWarning(TopicDescription topic, Config config) {
        ConfigEntry least = config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        int copies = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(Integer.MAX_VALUE);
        if (least == null || least.value() == null || copies >= Integer.parseInt(least.value())) {
            return Optional.empty();
        }
        return Optional.of("topic " + topic.name() + ": must have at least as many replicas as its"
                + " min.insync.replicas, which is " + least.value() + ", or Kafka accepts no record. Found: " + copies);
    }
}
