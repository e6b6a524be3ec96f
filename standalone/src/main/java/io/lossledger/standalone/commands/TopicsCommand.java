package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicConfigs;
import io.lossledger.protocol.TopicPresence;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger topics}. */
@Command(
        name = "topics",
        description = "Lists the topics, and with --create creates the missing ones.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  lossledger topics",
            "  lossledger topics --create --partitions 12 --replication-factor 3"
        })
public final class TopicsCommand implements Callable<Integer> {
    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Option(names = "--create", description = "Creates the topics that are missing.")
    boolean create;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        TopicSettings settings = topics.settings(kafka.topicPrefix);
        try (Admin admin = kafka.connect()) {
            if (create) {
                List<String> created = kafka.createTopics(settings);
                out.println(created.isEmpty() ? "no topic was missing" : "created " + String.join(", ", created));
            }
            TopicPresence found = presence(admin, settings);
            out.printf("%-24s %10s %12s  %-18s %s%n", "topic", "partitions", "offsets", "key", "value");
            for (LedgerTopic topic : LedgerTopic.values()) {
                String name = topic.named(settings.prefix());
                String value = topic.value()
                        .map(message -> message.getDescriptorForType().getName())
                        .orElse("as received");
                TopicDescription description = found.existing().get(name);
                String partitions = found.refused().contains(name) ? "hidden" : "missing";
                String offsets = "";
                if (description != null) {
                    partitions = Integer.toString(description.partitions().size());
                    offsets = Long.toString(offsets(admin, description));
                }
                out.printf("%-24s %10s %12s  %-18s %s%n", name, partitions, offsets, topic.key(), value);
            }
            tell(admin, found);
        }
        return 0;
    }

    private static TopicPresence presence(Admin admin, TopicSettings settings)
            throws ExecutionException, TimeoutException, InterruptedException {
        List<String> names = Arrays.stream(LedgerTopic.values())
                .map(topic -> topic.named(settings.prefix()))
                .toList();
        return TopicPresence.of(admin, names);
    }

    private void tell(Admin admin, TopicPresence topics)
            throws ExecutionException, TimeoutException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        TopicConfigs.copiesWarnings(admin, topics.existing().keySet())
                .forEach(warning -> err.println("lossledger: " + warning));
        if (!topics.refused().isEmpty()) {
            throw new UserException("rights: this user needs DESCRIBE on topic "
                    + String.join(", ", new TreeSet<>(topics.refused())) + ". Found: no right to it");
        }
    }

    /** From the first to the end: records and, in transactional topics, commit markers. */
    private static long offsets(Admin admin, TopicDescription topic) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        Map<TopicPartition, OffsetSpec> end = new HashMap<>();
        for (int partition = 0; partition < topic.partitions().size(); partition++) {
            first.put(new TopicPartition(topic.name(), partition), OffsetSpec.earliest());
            end.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        }
        long offsets = 0;
        for (var info : admin.listOffsets(end).all().get().values()) {
            offsets += info.offset();
        }
        for (var info : admin.listOffsets(first).all().get().values()) {
            offsets -= info.offset();
        }
        return offsets;
    }
}
