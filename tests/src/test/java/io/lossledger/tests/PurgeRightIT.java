package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A processor that may do everything but delete the records that it has processed. */
class PurgeRightIT {
    private static final String REPARTITION = "lossledger-processor-chunks-by-run-repartition";

    @Test
    void warnsOnceThatTheRepartitionTopicGrowsAndBooks(@TempDir Path directory) throws Exception {
        try (SecuredBroker broker = new SecuredBroker(directory)) {
            allowAllButDelete(broker);
            Path config = broker.readersConfig();
            Files.writeString(config, Files.readString(config) + "\nrepartition.purge.interval.ms=500\n");
            try (LedgerCommand processor = LedgerCommand.start(
                    "process", "--kafka-config", config, "--state-dir", directory.resolve("state"), "--http-port", 0)) {
                processor.awaitOutput("the processor runs");
                train("first", config);
                String warning =
                        REPARTITION + ": this user must have the right DELETE. Found: no such right; the topic keeps"
                                + " what is processed, and grows. Booking goes on";
                processor.awaitErrors(warning);
                train("second", config);
                Results results = new Results(broker.bootstrapServers(), "lossledger.");
                results.awaitClosed(Set.of("first", "second"), () -> {});
                assertThat(results.read(LedgerTopic.STEP)).hasSize(2 * 40);
                processor.interrupt();
                List<String> warnings = processor
                        .errors()
                        .lines()
                        .filter(line -> !line.contains(" INFO "))
                        .toList();
                assertThat(warnings).singleElement().asString().contains(warning);
                FaultTable.add(
                        "repartition topic without the right DELETE",
                        FaultTable.code(warnings.get(0)),
                        "booking goes on",
                        FaultTable.replayed(broker.bootstrapServers(), "first,second"));
            }
        }
    }

    private static void train(String run, Path config) throws Exception {
        try (LedgerCommand trainer = LedgerCommand.run(
                "train",
                "--kafka-config",
                config,
                "--run",
                run,
                "--steps",
                40,
                "--form",
                "sums",
                "--objective-size",
                200)) {
            assertThat(trainer.exitCode()).as(trainer.errors()).isZero();
        }
    }

    private static void allowAllButDelete(SecuredBroker broker) throws Exception {
        List<AclBinding> rights = Stream.concat(
                        Stream.of(
                                        AclOperation.CREATE,
                                        AclOperation.READ,
                                        AclOperation.WRITE,
                                        AclOperation.DESCRIBE_CONFIGS)
                                .map(operation -> right(ResourceType.TOPIC, operation)),
                        Stream.of(
                                right(ResourceType.GROUP, AclOperation.READ),
                                right(ResourceType.TRANSACTIONAL_ID, AclOperation.WRITE)))
                .toList();
        try (Admin admin = broker.admin()) {
            admin.createAcls(rights).all().get(1, TimeUnit.MINUTES);
        }
    }

    private static AclBinding right(ResourceType type, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, "lossledger", PatternType.PREFIXED),
                new AccessControlEntry("User:reader", "*", operation, AclPermissionType.ALLOW));
    }
}
