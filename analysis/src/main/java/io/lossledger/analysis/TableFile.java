package io.lossledger.analysis;

import com.google.protobuf.Message;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Fills a DuckDB file with the tables of a ledger. Memory is bounded for any number of rows. Not thread-safe. */
final class TableFile implements AutoCloseable {
    private static final String IN_MEMORY = "jdbc:duckdb:";
    private static final String MEMORY = "512MB";
    private static final String NAME = "ledger";
    /** The storage version to write; DuckDB 1.2 and later read it. */
    private static final String STORAGE_VERSION = "v1.2.0";

    private final DuckDBConnection database;
    private final Map<LedgerTable, TableSchema> schemas = new EnumMap<>(LedgerTable.class);
    private final Map<LedgerTable, DuckDBAppender> appenders = new EnumMap<>(LedgerTable.class);
    private final Map<LedgerTable, Long> rows = new EnumMap<>(LedgerTable.class);

    private TableFile(DuckDBConnection database) {
        this.database = database;
    }

    /**
     * Creates a file with empty tables.
     *
     * @throws SQLException when the file cannot be created
     */
    static TableFile create(Path path) throws SQLException {
        Properties properties = new Properties();
        properties.put("memory_limit", MEMORY);
        properties.put("temp_directory", path + ".tmp");
        properties.put("preserve_insertion_order", "true");
        TableFile file =
                new TableFile(DriverManager.getConnection(IN_MEMORY, properties).unwrap(DuckDBConnection.class));
        try {
            file.attach(path);
            file.createTables();
        } catch (SQLException | RuntimeException e) {
            file.close();
            throw e;
        }
        return file;
    }

    /** Adds a row of a result topic, or a manifest. */
    void add(Message row) throws SQLException {
        LedgerTable table = LedgerTable.of(row);
        DuckDBAppender appender = appenders.get(table);
        if (appender == null) {
            appender = database.createAppender(NAME, DuckDBConnection.DEFAULT_SCHEMA, table.tableName());
            appenders.put(table, appender);
        }
        int added = schema(table).append(appender, row);
        rows.merge(table, (long) added, Long::sum);
    }

    /** The number of rows in each table so far. */
    Map<LedgerTable, Long> rows() {
        return Map.copyOf(rows);
    }

    /** Makes the rows added so far visible to queries. */
    void flush() throws SQLException {
        for (DuckDBAppender appender : appenders.values()) {
            appender.close();
        }
        appenders.clear();
    }

    /** The file for queries after {@link #flush}; closed together with this. */
    DuckDBConnection database() {
        return database;
    }

    @Override
    public void close() throws SQLException {
        try (database) {
            flush();
        }
    }

    /** Avoids the path in the URL, where {@code ;} begins a setting. */
    private void attach(Path path) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("ATTACH " + SqlText.quoted(path) + " AS " + NAME + " (STORAGE_VERSION "
                    + SqlText.quoted(STORAGE_VERSION) + ")");
            statement.execute("USE " + NAME);
        }
    }

    private void createTables() throws SQLException {
        FieldMeanings meanings = new FieldMeanings();
        database.setAutoCommit(false); // with auto-commit, each statement would wait for the disk
        try (Statement statement = database.createStatement()) {
            for (LedgerTable table : LedgerTable.values()) {
                statement.execute(schema(table).definition());
                for (String line : schema(table).comments(meanings)) {
                    statement.execute(line);
                }
            }
        }
        database.commit();
        database.setAutoCommit(true);
    }

    private TableSchema schema(LedgerTable table) {
        return schemas.computeIfAbsent(table, TableSchema::new);
    }
}
