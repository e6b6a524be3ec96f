package io.lossledger.streams;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.letters.RecordLimits;
import io.lossledger.streams.topology.ProcessorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * The problems of the topics in a cluster, and how to fix them. Kafka Streams would stop because of the same problems,
 * but with a message about its internals. Immutable.
 *
 * @param errors one line for each problem that prevents the processor from running
 * @param warnings one line for each topic that may refuse rows
 */
public record TopicCheck(List<String> errors, List<String> warnings) {
    private static final int TIMEOUT_SECONDS = 60;
    private static final int LISTING_SECONDS = 5;
    private static final int LISTING_PAUSE_MILLIS = 100;
    private static final String REPARTITION = "-chunks-by-run-repartition";

    /** The {@code max.message.bytes} that {@code TopicCreator} sets for the processor's topics. */
    private static final int RESULT_BYTES = RecordLimits.MAX_RECORD_BYTES;

    public TopicCheck {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /**
     * Checks the topics that the processor reads and writes, and its internal topics.
     *
     * @throws ExecutionException when the cluster refuses the request; its cause says why
     * @throws TimeoutException when it does not answer within a minute
     */
    public static TopicCheck of(Admin admin, ProcessorSettings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> existing = existing(admin, settings);
        List<String> missing = names(settings).stream()
                .filter(name -> !existing.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            return new TopicCheck(List.of(missing(settings, missing)), List.of());
        }
        return new TopicCheck(partitionErrors(admin, settings, existing), sizeWarnings(admin, settings));
    }

    /** Waits briefly for topics that seem to be missing: one that was just created may not be listed yet. */
    private static Set<String> existing(Admin admin, ProcessorSettings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LISTING_SECONDS);
        while (true) {
            Set<String> existing = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (existing.containsAll(names(settings)) || System.nanoTime() > deadline) {
                return existing;
            }
            TimeUnit.MILLISECONDS.sleep(LISTING_PAUSE_MILLIS);
        }
    }

    private static List<String> names(ProcessorSettings settings) {
        List<String> names = new ArrayList<>();
        for (LedgerTopic topic : LedgerTopic.values()) {
            if (topic != LedgerTopic.RUN) { // manifests are the producers' business
                names.add(topic.named(settings.topics().prefix()));
            }
        }
        return names;
    }

    private static String missing(ProcessorSettings settings, List<String> missing) {
        String prefix = settings.topics().prefix();
        return "topics: must exist. Found: no " + String.join(", ", missing)
                + " (lossledger topics --create --bootstrap-server " + settings.bootstrapServers()
                + (prefix.equals(TopicSettings.DEFAULT_PREFIX) ? "" : " --topic-prefix " + prefix)
                + " makes them)";
    }

    /** The internal topic was created with as many partitions as the update topic had at that time. */
    private static List<String> partitionErrors(Admin admin, ProcessorSettings settings, Set<String> existing)
            throws ExecutionException, InterruptedException, TimeoutException {
        String update = LedgerTopic.UPDATE.named(settings.topics().prefix());
        String internal = settings.applicationId() + REPARTITION;
        if (!existing.contains(internal)) {
            return List.of(); // it has never run
        }
        var topics = admin.describeTopics(List.of(update, internal)).topicNameValues();
        int expected = partitions(topics.get(internal));
        int found = partitions(topics.get(update));
        if (expected == found) {
            return List.of();
        }
        return List.of("topic " + update + ": must keep its " + expected + " partitions, as " + internal
                + " has. Found: " + found + " (when all runs have ended: stop the processors,"
                + " kafka-streams-application-reset.sh --bootstrap-server " + settings.bootstrapServers()
                + " --application-id " + settings.applicationId() + " --input-topics " + update
                + " --to-latest, and delete " + settings.stateDirectory() + ")");
    }

    private static int partitions(@Nullable KafkaFuture<TopicDescription> topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        return Objects.requireNonNull(topic)
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .partitions()
                .size();
    }

    /** Empty when the processor is not allowed to read the configuration. */
    private static List<String> sizeWarnings(Admin admin, ProcessorSettings settings)
            throws InterruptedException, TimeoutException {
        String update = LedgerTopic.UPDATE.named(settings.topics().prefix());
        Map<ConfigResource, Config> configs;
        try {
            configs = admin.describeConfigs(names(settings).stream()
                            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                            .collect(Collectors.toList()))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        configs.forEach((topic, config) -> {
            ConfigEntry limit = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            boolean ofProducers = topic.name().equals(update);
            int wanted = ofProducers ? settings.topics().maxMessageBytes() : RESULT_BYTES;
            if (limit != null && limit.value() != null && Long.parseLong(limit.value()) < wanted) {
                warnings.add("topic " + topic.name() + ": max.message.bytes should be at least " + wanted + ". Found: "
                        + limit.value()
                        + (ofProducers ? "; larger updates are refused" : "; larger rows are rejected")
                        + " (kafka-configs.sh --bootstrap-server " + settings.bootstrapServers()
                        + " --alter --entity-type topics --entity-name " + topic.name()
                        + " --add-config max.message.bytes=" + wanted + ")");
            }
        });
        warnings.sort(null);
        return warnings;
    }
}
