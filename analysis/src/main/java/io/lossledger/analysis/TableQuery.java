package io.lossledger.analysis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL queries on an export: a DuckDB file, or a folder of Parquet or CSV files, which is not changed. Rows are
 * passed on as they come, so memory does not grow with them. Not thread-safe.
 */
public final class TableQuery implements AutoCloseable {
    private static final String IN_MEMORY = "jdbc:duckdb:";
    private static final String MEMORY = "512MB";

    private final Connection database;

    private TableQuery(Connection database) {
        this.database = database;
    }

    /**
     * Opens an export.
     *
     * @throws IllegalArgumentException when it does not exist
     */
    public static TableQuery open(Path export) throws SQLException {
        Properties properties = new Properties();
        properties.put("jdbc_stream_results", "true");
        properties.put("memory_limit", MEMORY);
        if (!Files.exists(export)) {
            throw new IllegalArgumentException("export: must be a file or folder. Found: no " + export);
        }
        TableQuery query = new TableQuery(DriverManager.getConnection(IN_MEMORY, properties));
        try {
            if (Files.isDirectory(export)) {
                query.seeFiles(export);
            } else {
                query.attach(export);
            }
        } catch (SQLException e) {
            query.close();
            throw unreadable(export, e);
        } catch (RuntimeException e) {
            query.close();
            throw e;
        }
        return query;
    }

    static IllegalArgumentException unanswerable(SQLException fault) {
        return new IllegalArgumentException(
                "SQL: must be a query that DuckDB can run. Found: " + oneLine(fault), fault);
    }

    private static IllegalArgumentException unreadable(Path export, SQLException fault) {
        return new IllegalArgumentException(
                "export: must be a DuckDB file, or a folder of Parquet or CSV files. Found: " + export + " ("
                        + oneLine(fault) + ")",
                fault);
    }

    /** Receives a result, row by row. */
    public interface Answer {
        void columns(List<String> names);

        /** @param values numbers, text, truth values, times, lists of them, or null */
        void row(List<@Nullable Object> values);
    }

    /**
     * Runs a query.
     *
     * @throws IllegalArgumentException when the query fails on these tables; the message says why
     */
    public void ask(String sql, Answer answer) {
        try (Statement statement = database.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData meta = result.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                names.add(meta.getColumnLabel(i));
            }
            answer.columns(names);
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= names.size(); i++) {
                    row.add(plain(result.getObject(i)));
                }
                answer.row(row);
            }
        } catch (SQLException e) {
            throw unanswerable(e);
        }
    }

    /**
     * Names a query for use in later ones: a view that exists until this is closed.
     *
     * @throws IllegalArgumentException when the query is invalid
     */
    public void name(String view, String sql) {
        try (Statement statement = database.createStatement()) {
            statement.execute("CREATE OR REPLACE TEMP VIEW " + view + " AS " + sql);
        } catch (SQLException e) {
            throw unanswerable(e);
        }
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }

    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        if (!(value instanceof Array array)) {
            return value;
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
            list.add(plain(element));
        }
        return list;
    }

    /** Not by its URL, in which {@code ;} begins a setting. */
    private void attach(Path file) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("ATTACH " + SqlText.quoted(file) + " AS ledger (READ_ONLY)");
            statement.execute("USE ledger");
        }
    }

    private void seeFiles(Path folder) throws SQLException {
        boolean found = false;
        for (LedgerTable table : LedgerTable.values()) {
            for (ExportFormat format : List.of(ExportFormat.PARQUET, ExportFormat.CSV)) {
                Path file = folder.resolve(table.tableName() + "." + format.ending());
                if (Files.exists(file)) {
                    found = true;
                    name(table, format, file);
                }
            }
        }
        if (!found) {
            throw new IllegalArgumentException("export: must hold tables. Found: none in " + folder);
        }
    }

    private void name(LedgerTable table, ExportFormat format, Path file) throws SQLException {
        String path = SqlText.quoted(file);
        String from = format == ExportFormat.PARQUET ? path : new TableSchema(table).readCsv(path);
        try (Statement statement = database.createStatement()) {
            statement.execute("CREATE VIEW " + table.tableName() + " AS SELECT * FROM " + from);
        }
    }

    private static String oneLine(SQLException fault) {
        return String.valueOf(fault.getMessage()).strip().replaceAll("\\s+", " ");
    }
}
