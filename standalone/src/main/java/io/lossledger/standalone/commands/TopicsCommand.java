package io.lossledger.standalone.commands;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.TopicOptions;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
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
            Set<String> existing = admin.listTopics().names().get();
            out.printf("%-24s %10s %12s  %-18s %s%n", "topic", "partitions", "offsets", "key", "value");
            for (LedgerTopic topic : LedgerTopic.values()) {
                String name = topic.named(settings.prefix());
                String value = topic.value()
                        .map(message -> message.getDescriptorForType().getName())
                        .orElse("as received");
                if (existing.contains(name)) {
                    long[] size = size(admin, name);
                    out.printf("%-24s %10d %12d  %-18s %s%n", name, size[0], size[1], topic.key(), value);
                } else {
                    out.printf("%-24s %10s %12s  %-18s %s%n", name, "missing", "", topic.key(), value);
                }
            }
        }
        return 0;
    }

    /** Partitions, and offsets from the first to the end: records and, in transactional topics, commit markers. */
    private static long[] size(Admin admin, String topic) throws InterruptedException, ExecutionException {
        TopicDescription description =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        Map<TopicPartition, OffsetSpec> end = new HashMap<>();
        int partitions = description == null ? 0 : description.partitions().size();
        for (int partition = 0; partition < partitions; partition++) {
            first.put(new TopicPartition(topic, partition), OffsetSpec.earliest());
            end.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long offsets = 0;
        for (var info : admin.listOffsets(end).all().get().values()) {
            offsets += info.offset();
        }
        for (var info : admin.listOffsets(first).all().get().values()) {
            offsets -= info.offset();
        }
        return new long[] {partitions, offsets};
    }
}
