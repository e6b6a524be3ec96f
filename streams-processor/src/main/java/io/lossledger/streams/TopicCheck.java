package io.lossledger.streams;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicConfigs;
import io.lossledger.protocol.TopicPresence;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.streams.topology.ProcessorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The problems of the topics in a cluster, and how to fix them. Kafka Streams would stop because of the same problems,
 * but with a message about its internals. Immutable.
 *
 * @param errors one line for each problem that prevents the processor from running
 * @param warnings one line for each topic that may refuse rows
 */
public record TopicCheck(List<String> errors, List<String> warnings) {
    private static final int LISTING_SECONDS = 5;
    private static final int LISTING_PAUSE_MILLIS = 100;
    private static final String REPARTITION = "-chunks-by-run-repartition";

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
        TopicPresence topics = presence(admin, settings);
        List<String> errors = new ArrayList<>();
        if (!topics.missing().isEmpty()) {
            errors.add(missing(settings, inOrder(topics.missing(), settings)));
        }
        errors.addAll(rightErrors(settings, topics));
        if (!errors.isEmpty()) {
            return new TopicCheck(errors, List.of());
        }
        return new TopicCheck(partitionErrors(admin, settings, topics), warnings(admin, settings, topics));
    }

    /** Waits briefly for topics that seem to be missing: one that was just created may not be known yet. */
    private static TopicPresence presence(Admin admin, ProcessorSettings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LISTING_SECONDS);
        while (true) {
            TopicPresence topics = TopicPresence.withRights(admin, names(settings));
            if (topics.missing().isEmpty() || System.nanoTime() > deadline) {
                return topics;
            }
            TimeUnit.MILLISECONDS.sleep(LISTING_PAUSE_MILLIS);
        }
    }

    /** Manifests and trajectories are the producers' business, and rows of parameters are written only on request. */
    private static List<String> names(ProcessorSettings settings) {
        List<String> names = new ArrayList<>();
        for (LedgerTopic topic : LedgerTopic.values()) {
            boolean unused =
                    topic == LedgerTopic.PARAMETER && !settings.results().parameters();
            boolean ofProducers = topic.isFromProducers() && topic != LedgerTopic.UPDATE;
            if (!ofProducers && !unused) {
                names.add(topic.named(settings.topics().prefix()));
            }
        }
        return names;
    }

    private static List<String> inOrder(Set<String> names, ProcessorSettings settings) {
        return names(settings).stream().filter(names::contains).toList();
    }

    private static List<String> rightErrors(ProcessorSettings settings, TopicPresence topics) {
        String update = LedgerTopic.UPDATE.named(settings.topics().prefix());
        List<String> lacking = new ArrayList<>();
        for (String name : names(settings)) {
            AclOperation needed = name.equals(update) ? AclOperation.READ : AclOperation.WRITE;
            if (topics.forbids(needed, name)) {
                lacking.add(needed + " on topic " + name);
            }
        }
        return lacking.isEmpty()
                ? List.of()
                : List.of("rights: the processor needs " + String.join(", ", lacking)
                        + ". Found: this user has no such right (lossledger rights prints the commands that grant it)");
    }

    private static String missing(ProcessorSettings settings, List<String> missing) {
        String prefix = settings.topics().prefix();
        return "topics: must exist. Found: no " + String.join(", ", missing)
                + " (lossledger topics --create --bootstrap-server " + settings.bootstrapServers()
                + (prefix.equals(TopicSettings.DEFAULT_PREFIX) ? "" : " --topic-prefix " + prefix)
                + " makes them)";
    }

    /** The internal topic was created with as many partitions as the update topic had at that time. */
    private static List<String> partitionErrors(Admin admin, ProcessorSettings settings, TopicPresence topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        String update = LedgerTopic.UPDATE.named(settings.topics().prefix());
        String internal = settings.applicationId() + REPARTITION;
        TopicDescription repartition =
                TopicPresence.of(admin, List.of(internal)).existing().get(internal);
        if (repartition == null) {
            return List.of(); // it has never run
        }
        int expected = repartition.partitions().size();
        int found = Objects.requireNonNull(topics.existing().get(update))
                .partitions()
                .size();
        if (expected == found) {
            return List.of();
        }
        return List.of("topic " + update + ": must keep its " + expected + " partitions, as " + internal
                + " has. Found: " + found + " (when all runs have ended: stop the processors,"
                + " kafka-streams-application-reset.sh --bootstrap-server " + settings.bootstrapServers()
                + " --application-id " + settings.applicationId() + " --input-topics " + update
                + " --to-latest, and delete " + settings.stateDirectory() + ")");
    }

    /** Empty when the processor is not allowed to read the configuration. */
    private static List<String> warnings(Admin admin, ProcessorSettings settings, TopicPresence topics)
            throws InterruptedException, TimeoutException {
        List<String> warnings = new ArrayList<>();
        TopicConfigs.of(admin, topics.existing().keySet()).byTopic().forEach((topic, config) -> {
            sizeWarning(settings, topic, config).ifPresent(warnings::add);
            TopicConfigs.copiesWarning(Objects.requireNonNull(topics.existing().get(topic)), config)
                    .ifPresent(warnings::add);
        });
        warnings.sort(null);
        return warnings;
    }

    private static Optional<String> sizeWarning(ProcessorSettings settings, String topic, Config config) {
        boolean ofProducers =
                topic.equals(LedgerTopic.UPDATE.named(settings.topics().prefix()));
        int wanted = ofProducers
                ? settings.topics().maxMessageBytes()
                : settings.topics().maxResultBytes();
        ConfigEntry limit = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (limit == null || limit.value() == null || Long.parseLong(limit.value()) >= wanted) {
            return Optional.empty();
        }
        return Optional.of("topic " + topic + ": max.message.bytes should be at least " + wanted + ". Found: "
                + limit.value() + (ofProducers ? "; larger updates are refused" : "; larger rows are rejected")
                + " (kafka-configs.sh --bootstrap-server " + settings.bootstrapServers()
                + " --alter --entity-type topics --entity-name " + topic + " --add-config max.message.bytes=" + wanted
                + ")");
    }
}
