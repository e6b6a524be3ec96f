package io.lossledger.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableExportTest {
    private static final double LCA = -0.1 - 0.2; // not a short decimal

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void givesBackEveryBitInEveryFormat(ExportFormat format) throws Exception {
        Path target = folder.resolve("out");
        try (TableExport export = TableExport.create(target, format, false)) {
            export.add(MomentRow.newBuilder()
                    .addLayers("fc1")
                    .addLayers("it's, \"2\"")
                    .build());
            export.add(LayerRow.newBuilder()
                    .setRun("007")
                    .setStep(7)
                    .setLca(LCA)
                    .setCumulativeLca(Double.NaN)
                    .build());
            export.add(LayerRow.newBuilder()
                    .setStep(-1) // unsigned: 4294967295
                    .setLca(Double.NEGATIVE_INFINITY)
                    .setEstimate(Double.MIN_VALUE)
                    .build());
            export.finish();
        }
        assertThat(ask(target, "SELECT run, part, step, lca, cumulative_lca, estimate FROM layers ORDER BY step"))
                .containsExactly(
                        Arrays.asList("007", "", 7L, LCA, Double.NaN, null),
                        List.of("", "", 4_294_967_295L, Double.NEGATIVE_INFINITY, 0.0, Double.MIN_VALUE));
        assertThat(ask(target, "SELECT layers, len(layers) FROM moments"))
                .containsExactly(List.of(List.of("fc1", "it's, \"2\""), 2L));
        assertThat(names(folder)).containsExactly("out");
    }

    @Test
    void writesOneRowForEachUnit() throws Exception {
        Path target = export(UnitRow.newBuilder()
                .setRun("a")
                .setStep(3)
                .setLayer("fc1")
                .setFirstUnit(16_384)
                .addAllUnitLca(List.of(-1.0, 0.5))
                .build());
        assertThat(ask(target, "SELECT run, step, layer, unit, lca FROM units ORDER BY unit"))
                .containsExactly(List.of("a", 3L, "fc1", 16_384L, -1.0), List.of("a", 3L, "fc1", 16_385L, 0.5));
    }

    @Test
    void writesEnumsTimesListsAndMessagesForPeople() throws Exception {
        Path target = export(
                WindowRow.newBuilder()
                        .setKind(WindowKind.WINDOW_KIND_RUN)
                        .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                        .setFirstTime(
                                Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(5_000))
                        .build(),
                MomentRow.newBuilder().addLayers("fc1").addLayers("it's").build(),
                RunManifest.newBuilder()
                        .setRun("a")
                        .setSeed(-1)
                        .addObjectives(ObjectiveManifest.newBuilder().setName("train"))
                        .build());
        assertThat(ask(target, "SELECT kind, outcome, first_time FROM windows"))
                .containsExactly(List.of("run", "finished", OffsetDateTime.parse("2023-11-14T22:13:20.000005Z")));
        assertThat(ask(target, "SELECT layers FROM moments")).containsExactly(List.of(List.of("fc1", "it's")));
        assertThat(ask(target, "SELECT seed::VARCHAR, objectives FROM runs"))
                .containsExactly(List.of("18446744073709551615", "[{\"name\":\"train\"}]"));
    }

    @Test
    void describesEachColumn() throws Exception {
        Path target = export(StepRow.getDefaultInstance());
        assertThat(
                        ask(
                                target,
                                "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"))
                .isEmpty();
        assertThat(ask(
                        target,
                        "SELECT comment FROM duckdb_columns() WHERE table_name = 'steps' AND column_name = 'residual'"))
                .containsExactly(List.of("loss_change - lca."));
    }

    /** In a URL of DuckDB, a semicolon begins a setting; in SQL, a quote ends a text. */
    @ParameterizedTest
    @EnumSource
    void takesAnyNameThatAFileMayHave(ExportFormat format) throws Exception {
        Path target = folder.resolve("it's; threads=0; \"x\" ünï#%20");
        try (TableExport export = TableExport.create(target, format, false)) {
            export.add(StepRow.newBuilder().setStep(7).build());
            export.finish();
        }
        assertThat(names(folder)).containsExactly(target.getFileName().toString());
        assertThat(ask(target, "SELECT step FROM steps")).containsExactly(List.of(7L));
    }

    @Test
    void leavesNothingBehindWhenItIsNotFinished() throws IOException {
        for (ExportFormat format : ExportFormat.values()) {
            try (TableExport export = TableExport.create(folder.resolve("out"), format, false)) {
                export.add(StepRow.getDefaultInstance());
            }
            assertThat(names(folder)).isEmpty();
        }
    }

    @Test
    void replacesNothingUnlessRequested() throws Exception {
        Path target = folder.resolve("out");
        Files.writeString(target, "precious");
        assertThatThrownBy(() -> TableExport.create(target, ExportFormat.DUCKDB, false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(target.toString());
        assertThat(target).content().isEqualTo("precious");
        try (TableExport export = TableExport.create(target, ExportFormat.PARQUET, true)) {
            assertThat(target).content().isEqualTo("precious");
            export.finish();
        }
        assertThat(target).isDirectory();
        try (TableExport export = TableExport.create(target, ExportFormat.CSV, true)) {
            export.finish();
        }
        assertThat(target.resolve("steps.csv")).isRegularFile();
        assertThat(target.resolve("steps.parquet")).doesNotExist();
    }

    @Test
    void replacesNoFolderWithOtherContent() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path precious = Files.writeString(home.resolve("precious"), "letters");
        for (ExportFormat format : ExportFormat.values()) {
            assertThatThrownBy(() -> TableExport.create(home, format, true))
                    .isInstanceOf(IOException.class)
                    .hasMessage("it is neither a regular file nor a folder of tables, and is not replaced");
        }
        assertThat(precious).content().isEqualTo("letters");
    }

    /** In a container, every process has the number 1. */
    @ParameterizedTest
    @EnumSource
    void startsAnewWhereOneWithTheSameNumberWasKilled(ExportFormat format) throws Exception {
        String part = "out." + ProcessHandle.current().pid() + ".part";
        Files.writeString(folder.resolve(part), "half");
        try (TableExport export = TableExport.create(folder.resolve("out"), format, false)) {
            export.finish();
        }
        assertThat(names(folder)).containsExactlyInAnyOrder("out", part);
    }

    @Test
    void refusesAPathThatIsNotAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> TableExport.create(file.resolve("out"), ExportFormat.DUCKDB, false))
                .isInstanceOf(IOException.class);
    }

    @Test
    void acceptsOnlyRowsOfResultTopics() throws IOException {
        try (TableExport export = TableExport.create(folder.resolve("out"), ExportFormat.DUCKDB, false)) {
            assertThatThrownBy(() -> export.add(Update.getDefaultInstance()))
                    .hasMessage("row: must be of a result topic. Found: lossledger.v1.Update");
        }
    }

    private Path export(Message... rows) throws IOException {
        Path target = folder.resolve("out.duckdb");
        try (TableExport export = TableExport.create(target, ExportFormat.DUCKDB, false)) {
            for (Message row : rows) {
                export.add(row);
            }
            export.finish();
        }
        return target;
    }

    private static List<List<@Nullable Object>> ask(Path export, String sql) throws SQLException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (TableQuery query = TableQuery.open(export)) {
            query.ask(sql, new TableQuery.Answer() {
                @Override
                public void columns(List<String> names) {
                    assertThat(names).isNotEmpty();
                }

                @Override
                public void row(List<@Nullable Object> values) {
                    rows.add(values);
                }
            });
        }
        return rows;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
