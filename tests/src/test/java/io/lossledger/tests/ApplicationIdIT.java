package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Ledgers beside each other in one Kafka, and processors that would book one twice. */
@TestInstance(Lifecycle.PER_CLASS)
class ApplicationIdIT {
    private Path directory;
    private EmbeddedBroker broker;
    private RecordedRuns recorded;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder;
        broker = EmbeddedBroker.start(0, directory.resolve("kafka"));
        recorded = new RecordedRuns(broker.bootstrapServers(), "same");
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @Test
    void aRunOfTheSameNameUnderAnotherPrefixIsBookedThereToo() throws Exception {
        for (String prefix : List.of("lossledger.", "archive.")) {
            Processing.createTopics(broker.bootstrapServers(), prefix);
            recorded.record(prefix, "same", true);
            try (LedgerCommand processor = process(prefix)) {
                awaitEnd(prefix, "same", processor);
                assertThat(processor.output())
                        .contains("as application "
                                + (prefix.equals("archive.") ? "archive.processors" : "lossledger-processor"));
                assertThat(processor.interrupt()).as(processor.errors()).isEqualTo(130);
            }
        }
    }

    @Test
    void aLedgerThatWasBookedUnderTheDefaultIdGoesOnWithIt() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "old.");
        recorded.record("old.", "first", true);
        try (LedgerCommand processor = process("old.", "--application-id", "lossledger-processor")) {
            awaitEnd("old.", "first", processor);
            assertThat(processor.interrupt()).as(processor.errors()).isEqualTo(130);
        }
        recorded.record("old.", "second", true);
        try (LedgerCommand processor = process("old.")) {
            awaitEnd("old.", "second", processor);
            assertThat(processor.output()).contains("as application lossledger-processor");
            assertThat(processor.interrupt()).as(processor.errors()).isEqualTo(130);
        }
        assertThat(new Results(broker.bootstrapServers(), "old.").read(LedgerTopic.STEP))
                .filteredOn(row -> new String(row.key(), UTF_8).equals("first"))
                .hasSize(2 * 3 * RecordedRuns.STEPS);
    }

    @Test
    void aSecondApplicationIsRefusedUnlessItIsToBookAgain() throws Exception {
        Processing.createTopics(broker.bootstrapServers(), "twice.");
        recorded.record("twice.", "same", true);
        try (LedgerCommand processor = process("twice.")) {
            awaitEnd("twice.", "same", processor);
            assertThat(processor.interrupt()).as(processor.errors()).isEqualTo(130);
        }
        Results results = new Results(broker.bootstrapServers(), "twice.");
        int rows = results.read(LedgerTopic.STEP).size();
        try (LedgerCommand second = process("twice.", "--application-id", "second")) {
            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.errors())
                    .contains(
                            "lossledger: --application-id: must be the id of the processors that booked twice.step before."
                                    + " A different id writes every row twice (--again permits this). Found: second, and rows of"
                                    + " twice.processors");
        }
        assertThat(results.read(LedgerTopic.STEP)).hasSize(rows);
        try (LedgerCommand again = process("twice.", "--application-id", "second", "--again")) {
            results.await(
                    LedgerTopic.WINDOW,
                    "the second closing balance",
                    () -> assertThat(again.isAlive()).as(again.errors()).isTrue(),
                    row -> row.headers().lastHeader("lossledger.application") != null
                            && new String(
                                            row.headers()
                                                    .lastHeader("lossledger.application")
                                                    .value(),
                                            UTF_8)
                                    .equals("second")
                            && new String(row.value(), UTF_8).contains("FINISHED"));
            assertThat(again.interrupt()).as(again.errors()).isEqualTo(130);
        }
        assertThat(results.read(LedgerTopic.STEP)).hasSize(2 * rows);
    }

    private LedgerCommand process(String prefix, Object... more) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(
                "process",
                "--topic-prefix",
                prefix,
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--http-port",
                0,
                "--state-dir",
                directory.resolve("state")));
        arguments.addAll(List.of(more));
        return LedgerCommand.start(arguments.toArray());
    }

    private void awaitEnd(String prefix, String run, LedgerCommand processor) {
        new Results(broker.bootstrapServers(), prefix)
                .await(
                        LedgerTopic.WINDOW,
                        "the closing balance of " + run,
                        () -> assertThat(processor.isAlive())
                                .as(processor.errors())
                                .isTrue(),
                        row -> new String(row.key(), UTF_8).equals(run)
                                && new String(row.value(), UTF_8).contains("FINISHED"));
    }
}
