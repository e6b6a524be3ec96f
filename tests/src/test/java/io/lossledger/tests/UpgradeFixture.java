package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A folder with the data of an embedded broker and of a processor beside it. What it holds does not grow too old: its topics keep
 * their records for a century.
 */
final class UpgradeFixture implements AutoCloseable {
    static final String PREFIX = "lossledger.";
    /** Where the records that are still to be sent are kept. */
    static final String REST_PREFIX = "rest.";

    private static final int CENTURY_HOURS = 876_000;

    private final Path directory;
    private final EmbeddedBroker broker;

    private UpgradeFixture(Path directory, EmbeddedBroker broker) {
        this.directory = directory;
        this.broker = broker;
    }

    /** Starts the broker on what is there, or on an empty folder. */
    static UpgradeFixture start(Path directory) throws IOException {
        return new UpgradeFixture(directory, EmbeddedBroker.start(StablePort.find(), directory));
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    Results results() {
        return new Results(bootstrapServers(), PREFIX);
    }

    /** Starts {@code lossledger process} as a user does who keeps the folder, and waits until it runs. */
    LedgerCommand process() throws Exception {
        List<Object> options = new ArrayList<>(List.of("process", "--bootstrap-server", bootstrapServers()));
        options.addAll(List.of("--http-port", 0, "--state-dir", directory.resolve("streams")));
        options.addAll(List.of("--partitions", 2, "--raw-retention-hours", CENTURY_HOURS));
        options.addAll(
                List.of("--window", "4,6/3,5s", "--alert-steps", 3, "--moment-false-alarm-rate", 0.5, "--parameters"));
        options.addAll(List.of("--residual-tolerance", 0.05)); // as was the default of 0.1.0
        LedgerCommand process = LedgerCommand.start(options.toArray());
        try {
            process.awaitOutput("the processor runs");
            return process;
        } catch (InterruptedException | AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** Ctrl-C, after which everything is committed. */
    static void stop(LedgerCommand process) throws Exception {
        process.interrupt();
        assertThat(process.output()).as(process.errors()).contains("everything it booked is committed");
    }

    /** Waits for the closing balance of all runs. */
    void awaitClosed(LedgerCommand process) {
        results()
                .awaitClosed(
                        UpgradeRuns.NAMES,
                        () -> assertThat(process.isAlive()).as(process.errors()).isTrue());
    }

    void createRestTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            NewTopic topic = new NewTopic(LedgerTopic.UPDATE.named(REST_PREFIX), 1, (short) 1);
            admin.createTopics(List.of(topic.configs(Map.of("retention.ms", "-1"))))
                    .all()
                    .get();
        }
    }

    /** Sends on what was kept. */
    void sendRest() {
        try (RawProducer producer = new RawProducer(bootstrapServers(), PREFIX)) {
            new Results(bootstrapServers(), REST_PREFIX)
                    .each(
                            LedgerTopic.UPDATE,
                            record -> producer.send(record.key(), record.value(), record.timestamp()));
            producer.flush();
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
