package io.lossledger.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.UnitRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableQueryTest {
    @TempDir
    Path folder;

    private Path export = Path.of("");

    @BeforeEach
    void export() throws IOException {
        export = folder.resolve("out.duckdb");
        try (TableExport tables = TableExport.create(export, ExportFormat.DUCKDB, false)) {
            tables.add(AlertRow.newBuilder()
                    .setRun("a")
                    .setRule("residual")
                    .setStep(10)
                    .setValue(Double.NaN)
                    .setMessage("says \"no\", twice")
                    .build());
            tables.add(
                    AlertRow.newBuilder().setRun("b").setStep(9).setValue(0.5).build());
            tables.finish();
        }
    }

    @Test
    void printsATable() throws Exception {
        assertThat(answer(AnswerWriter.Form.TABLE, "SELECT run, step, value FROM alerts"))
                .isEqualTo("""
                        run  step  value
                        a    10    NaN
                        b    9     0.5
                        """);
    }

    @Test
    void printsCsv() throws Exception {
        assertThat(answer(AnswerWriter.Form.CSV, "SELECT step, message FROM alerts"))
                .isEqualTo("""
                        step,message
                        10,"says ""no"", twice"
                        9,
                        """);
    }

    @Test
    void printsJsonLines() throws Exception {
        assertThat(answer(
                        AnswerWriter.Form.JSON,
                        "SELECT step, value, message, NULL AS n, [1, 2] AS l, step > 9 AS b FROM alerts"))
                .isEqualTo("""
                        {"step":10,"value":"NaN","message":"says \\"no\\", twice","n":null,"l":[1,2],"b":true}
                        {"step":9,"value":0.5,"message":"","n":null,"l":[1,2],"b":false}
                        """);
    }

    /** From tables in every format, however it is printed. */
    @ParameterizedTest
    @EnumSource
    void printsWhatIsNotFinite(ExportFormat format) throws Exception {
        export = folder.resolve("not-finite");
        try (TableExport tables = TableExport.create(export, format, false)) {
            for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                tables.add(UnitRow.newBuilder().addUnitLca(value).build());
            }
            tables.finish();
        }
        String sql = "SELECT lca FROM units ORDER BY lca";
        assertThat(answer(AnswerWriter.Form.TABLE, sql).replace(" ", "")).isEqualTo("lca\n-Infinity\nInfinity\nNaN\n");
        assertThat(answer(AnswerWriter.Form.CSV, sql)).isEqualTo("lca\n-Infinity\nInfinity\nNaN\n");
        assertThat(answer(AnswerWriter.Form.JSON, sql))
                .isEqualTo("{\"lca\":\"-Infinity\"}\n{\"lca\":\"Infinity\"}\n{\"lca\":\"NaN\"}\n");
    }

    @Test
    void changesNothing() throws Exception {
        assertThatThrownBy(() -> answer(AnswerWriter.Form.TABLE, "DELETE FROM alerts"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("read-only");
    }

    @Test
    void saysWhatIsWrongInOneLine() {
        assertThatThrownBy(() -> answer(AnswerWriter.Form.TABLE, "SELECT nothing FROM alerts"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("SQL: must be a query that DuckDB can run. Found: Binder Error: ")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> TableQuery.open(folder.resolve("none")))
                .hasMessage("export: must be a file or folder. Found: no " + folder.resolve("none"));
        assertThatThrownBy(() -> TableQuery.open(Files.writeString(folder.resolve("text"), "hello")))
                .hasMessageStartingWith("export: must be a DuckDB file, or a folder of Parquet or CSV files. Found: ");
        assertThatThrownBy(() -> TableQuery.open(Files.createDirectory(folder.resolve("empty"))))
                .hasMessage("export: must hold tables. Found: none in " + folder.resolve("empty"));
    }

    private String answer(AnswerWriter.Form form, String sql) throws Exception {
        StringWriter text = new StringWriter();
        try (TableQuery query = TableQuery.open(export)) {
            AnswerWriter answer = new AnswerWriter(form, new PrintWriter(text));
            query.ask(sql, answer);
            answer.end();
        }
        return text.toString();
    }
}
