package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.TopicCheck;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.topology.ProcessorSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the topics is told in one line that names the topic and the command which mends it. */
class TopicCheckIT {
    @TempDir
    static Path directory;

    private static EmbeddedBroker broker;
    private static Admin admin;
    private static String address;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(0, directory);
        address = broker.bootstrapServers();
        admin = Admin.create(Map.of("bootstrap.servers", address));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void findsNothingWrongWithTopicsOfItsOwnMaking() throws Exception {
        TopicCreator.createMissing(admin, topics("good."));

        assertThat(check("good.", "good")).isEqualTo(new TopicCheck(List.of(), List.of()));
    }

    @Test
    void namesMissingTopicsAndTheCommandThatMakesThem() throws Exception {
        try (LedgerCommand process = process("none.", "none", "--no-create-topics")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.errors())
                    .isEqualToIgnoringNewLines("lossledger: topics: must exist. Found: no none.update, none.layer,"
                            + " none.unit, none.step, none.window, none.moment, none.alert, none.bucket, none.rejected"
                            + " (lossledger topics --create --bootstrap-server " + address
                            + " --topic-prefix none. makes them)");
        }
    }

    @Test
    void namesAnUpdateTopicWhosePartitionsSomeoneHasAdded() throws Exception {
        TopicCreator.createMissing(admin, topics("more."));
        admin.createTopics(Set.of(new NewTopic("more-chunks-by-run-repartition", 3, (short) 1)))
                .all()
                .get(1, TimeUnit.MINUTES);
        admin.createPartitions(Map.of("more.update", NewPartitions.increaseTo(5)))
                .all()
                .get(1, TimeUnit.MINUTES);

        awaitFindings("more.", "more", 1);
        try (LedgerCommand process = process("more.", "more")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.errors())
                    .isEqualToIgnoringNewLines("lossledger: topic more.update: must keep its 3 partitions, as"
                            + " more-chunks-by-run-repartition has. Found: 5 (when all runs have ended: stop the processors,"
                            + " kafka-streams-application-reset.sh --bootstrap-server " + address
                            + " --application-id more --input-topics more.update --to-latest, and delete "
                            + directory
                                    .resolve("state")
                                    .resolve(admin.describeCluster().clusterId().get())
                            + ")");
        }
    }

    /** Kafka Streams finds out by itself, and stops with a message of its own. */
    @Test
    void explainsPartitionsThatSomeoneAddsWhileItRuns() throws Exception {
        // Otherwise Kafka's clients look every five minutes.
        Path impatient = Files.writeString(directory.resolve("impatient.properties"), "metadata.max.age.ms=1000");
        try (LedgerCommand process = process("grown.", "grown", "--partitions", 3, "--kafka-config", impatient)) {
            process.awaitOutput("the processor runs");
            admin.createPartitions(Map.of("grown.update", NewPartitions.increaseTo(4)))
                    .all()
                    .get(1, TimeUnit.MINUTES);

            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.errors())
                    .contains("lossledger: topic grown.update: must keep its 3 partitions, as"
                            + " grown-chunks-by-run-repartition has. Found: 4 (");
        }
    }

    @Test
    void warnsOfTopicsThatTakeLessThanTheProcessorWrites() throws Exception {
        TopicCreator.createMissing(admin, topics("small."));
        set("small.unit", "max.message.bytes", 5_000);
        set("small.update", "max.message.bytes", 4_000);

        TopicCheck check = awaitFindings("small.", "small", 2);
        assertThat(check.errors()).isEmpty();
        assertThat(check.warnings())
                .containsExactly(
                        "topic small.unit: max.message.bytes should be at least 16777216. Found: 5000; larger rows are"
                                + " rejected (kafka-configs.sh --bootstrap-server " + address
                                + " --alter --entity-type topics --entity-name small.unit --add-config max.message.bytes=16777216)",
                        "topic small.update: max.message.bytes should be at least 1048588. Found: 4000; larger updates are"
                                + " refused (kafka-configs.sh --bootstrap-server " + address
                                + " --alter --entity-type topics --entity-name small.update --add-config"
                                + " max.message.bytes=1048588)");
    }

    /** Kafka creates such a topic without a word, and then accepts no record. */
    @Test
    void warnsOfATopicWithFewerReplicasThanItNeeds() throws Exception {
        TopicCreator.createMissing(admin, topics("few."));
        set("few.step", "min.insync.replicas", 2);

        assertThat(awaitFindings("few.", "few", 1).warnings())
                .containsExactly(
                        "topic few.step: must have at least as many replicas as its min.insync.replicas, which is"
                                + " 2, or Kafka accepts no record. Found: 1");
        set("few.update", "min.insync.replicas", 3);
        assertThat(CommandAnswer.of(List.of("topics", "--bootstrap-server", address, "--topic-prefix", "few."))
                        .err())
                .contains("topic few.step: must have", "topic few.update: must have");
    }

    /** A change takes a moment until every part of the broker knows of it. */
    private static TopicCheck awaitFindings(String prefix, String applicationId, int findings) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        TopicCheck check = check(prefix, applicationId);
        while (check.errors().size() + check.warnings().size() < findings && System.nanoTime() < deadline) {
            check = check(prefix, applicationId);
        }
        return check;
    }

    private static TopicCheck check(String prefix, String applicationId) throws Exception {
        return TopicCheck.of(
                admin,
                new ProcessorSettings(
                        address,
                        applicationId,
                        topics(prefix),
                        RowFormat.JSON,
                        ResultSettings.DEFAULT,
                        1,
                        directory,
                        Map.of()));
    }

    private static TopicSettings topics(String prefix) {
        TopicSettings settings = TopicSettings.DEFAULT;
        return new TopicSettings(
                prefix, 3, 1, settings.rawRetention(), settings.rawRetentionBytes(), settings.maxMessageBytes());
    }

    private static LedgerCommand process(String prefix, String applicationId, Object... more) throws Exception {
        List<Object> arguments = new java.util.ArrayList<>(List.of(
                "process",
                "--http-port",
                0,
                "--bootstrap-server",
                address,
                "--topic-prefix",
                prefix,
                "--application-id",
                applicationId,
                "--state-dir",
                directory.resolve("state")));
        arguments.addAll(List.of(more));
        return LedgerCommand.start(arguments.toArray());
    }

    private static void set(String topic, String name, int value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(name, Integer.toString(value)), AlterConfigOp.OpType.SET))))
                .all()
                .get(1, TimeUnit.MINUTES);
    }
}
