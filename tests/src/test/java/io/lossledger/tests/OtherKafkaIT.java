package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker of another version of Kafka, and trainers and readers with its clients. {@code lossledger.other.kafka} names a folder
 * with its jars: {@code tests/bench/cluster} fetches them.
 */
@EnabledIfSystemProperty(named = "lossledger.other.kafka", matches = ".+")
class OtherKafkaIT {
    private static final int STEPS = 30;

    private final Path jars = Path.of(System.getProperty("lossledger.other.kafka", ""));

    @Test
    void booksWithBrokersAndClientsOfAnotherVersion(@TempDir Path directory) throws Exception {
        Path clients = jar("kafka-clients-");
        String version = clients.getFileName().toString().replaceAll("kafka-clients-(.*)\\.jar", "$1");
        try (BrokerCluster kafka = BrokerCluster.start(directory, 1, jars + "/*")) {
            String address = kafka.bootstrapServers();
            try (LedgerCommand processor = LedgerCommand.start(
                    "process",
                    "--bootstrap-server",
                    address,
                    "--state-dir",
                    directory.resolve("state"),
                    "--http-port",
                    0)) {
                processor.awaitOutput("the processor runs");
                try (LedgerCommand trainer = LedgerCommand.run(train(address, "ours"))) {
                    assertThat(trainer.exitCode()).as(trainer.errors()).isZero();
                }
                try (LedgerCommand trainer = LedgerCommand.runWith(clients, train(address, "theirs"))) {
                    assertThat(trainer.exitCode()).as(trainer.errors()).isZero();
                }
                new Results(address, "lossledger.").awaitClosed(Set.of("ours", "theirs"), () -> {});
                try (LedgerCommand tail = LedgerCommand.runWith(
                        clients, "tail", "step", "--bootstrap-server", address, "--run", "theirs", "--no-follow")) {
                    assertThat(tail.lines()).hasSize(STEPS);
                }
                processor.interrupt();
                assertThat(processor.errors().lines()).allMatch(line -> line.contains(" INFO "));
            }
            FaultTable.Difference rows = FaultTable.replayed(address, "ours,theirs");
            FaultTable.add("none: brokers and clients of Kafka " + version, "nothing", "–", rows);
            assertThat(rows).isEqualTo(new FaultTable.Difference(0, 0));
        }
    }

    private Path jar(String prefix) throws Exception {
        try (Stream<Path> files = Files.list(jars)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
            assertThat(found)
                    .as("jars in " + jars + " that begin with " + prefix)
                    .hasSize(1);
            return found.get(0);
        }
    }

    private static Object[] train(String address, String run) {
        return new Object[] {
            "train",
            "--bootstrap-server",
            address,
            "--run",
            run,
            "--steps",
            STEPS,
            "--objective-size",
            500,
            "--wait",
            60
        };
    }
}
