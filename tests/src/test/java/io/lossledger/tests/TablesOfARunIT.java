package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.StepRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code export}, {@code replay --to} and {@code sql} make of a run in Kafka. */
class TablesOfARunIT {
    private static final String PREFIX = "lossledger.";
    private static final List<String> TABLES =
            List.of("runs", "steps", "layers", "units", "windows", "moments", "alerts", "parameters");

    @TempDir
    static Path directory;

    private static RunningLedger ledger;

    @BeforeAll
    static void bookTwoRuns() throws Exception {
        ledger = RunningLedger.start(directory.resolve("ledger"));
        long now = System.currentTimeMillis();
        new RecordedRuns(ledger.bootstrapServers(), "old", now).record(PREFIX, "old", true);
        ledger.closing("old");
        // In the future, because the markers of transactions carry the broker's clock; by more than clocks may differ.
        takeRecordsOfTheFuture();
        new RecordedRuns(ledger.bootstrapServers(), "new", now + TimeUnit.HOURS.toMillis(2))
                .record(PREFIX, "new", true);
        ledger.closing("new");
    }

    private static void takeRecordsOfTheFuture() throws Exception {
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        ConfigEntry day =
                new ConfigEntry("log.message.timestamp.after.max.ms", Long.toString(TimeUnit.DAYS.toMillis(1)));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", ledger.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(brokers, List.of(new AlterConfigOp(day, AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void olderDuckDbReadsWhatIsWritten() throws Exception {
        Path exported = directory.resolve("exported.duckdb");
        Path replayed = directory.resolve("replayed.duckdb");
        done("export", "new", "--bootstrap-server", ledger.bootstrapServers(), "--to", exported);
        done("replay", "--run", "new", "--bootstrap-server", ledger.bootstrapServers(), "--to", replayed);
        List<List<@Nullable Object>> steps = ledger.rows(LedgerTopic.STEP, "new", StepRow.class).stream()
                .map(row -> List.<@Nullable Object>of(
                        (long) row.getStep(), row.getObjective(), row.getPart(), row.getResidual()))
                .toList();
        assertThat(OlderDuckDb.jars()).hasSize(2);
        for (Path jar : OlderDuckDb.jars()) {
            try (OlderDuckDb older = OlderDuckDb.load(jar)) {
                for (Path file : List.of(exported, replayed)) {
                    for (String table : TABLES) {
                        assertThat(older.ask(file, "SELECT * FROM " + table))
                                .as(jar + " " + file + " " + table)
                                .hasSizeGreaterThanOrEqualTo(
                                        List.of("steps", "layers", "units", "windows")
                                                        .contains(table)
                                                ? RecordedRuns.STEPS
                                                : 0);
                    }
                    assertThat(older.ask(file, "SELECT step, objective, part, residual FROM steps"))
                            .as(jar + " " + file)
                            .containsExactlyInAnyOrderElementsOf(steps);
                }
            }
        }
    }

    @Test
    void aQuestionReadsTheTopicsOfItsTablesFromTheStartOfTheRun() throws Exception {
        long rows = ledger.rows(LedgerTopic.STEP, "new", StepRow.class).size();
        Path config = Files.writeString(
                directory.resolve("counted.properties"), "metric.reporters=" + ConsumedRecords.class.getName());
        try (LedgerCommand sql = LedgerCommand.run(
                "sql",
                "--bootstrap-server",
                ledger.bootstrapServers(),
                "--kafka-config",
                config,
                "--answer",
                "csv",
                "select run, count(*) as rows from steps group by run")) {
            assertThat(sql.output()).isEqualToNormalizingNewlines("run,rows\nnew," + rows + "\n");
            assertThat(consumed(sql)).isEqualTo(Map.of("lossledger.run", 2L, "lossledger.step", rows));
        }
    }

    @Test
    void aQuestionThatNamesNoTableNeedsNoKafka() throws Exception {
        try (LedgerCommand sql =
                LedgerCommand.run("sql", "--bootstrap-server", "localhost:1", "--answer", "csv", "select 1 as one")) {
            assertThat(sql.output()).isEqualToNormalizingNewlines("one\n1\n");
            assertThat(sql.exitCode()).isZero();
        }
    }

    private static Map<String, Long> consumed(LedgerCommand command) {
        return command.errors()
                .lines()
                .filter(line -> line.startsWith("consumed lossledger."))
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(line -> line[1], line -> Long.valueOf(line[2])));
    }

    private static void done(Object... arguments) throws Exception {
        try (LedgerCommand command = LedgerCommand.run(arguments)) {
            assertThat(command.exitCode())
                    .as(command.output() + command.errors())
                    .isZero();
        }
    }
}
