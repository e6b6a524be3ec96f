package io.lossledger.analysis;

import com.google.protobuf.Message;
import io.lossledger.protocol.files.UnfinishedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes an export: rows are added, and the target gets its name in {@link #finish}. Leaves nothing behind if it is
 * closed before. Memory is bounded. Not thread-safe.
 */
public final class TableExport implements AutoCloseable {
    private static final Pattern TABLE_FILES = Pattern.compile(
            Arrays.stream(LedgerTable.values()).map(LedgerTable::tableName).collect(Collectors.joining("|", "(", ")"))
                    + "\\.(parquet|csv)");
    private static final String STAGING = "staging";

    private final ExportFormat format;
    private final UnfinishedFile file;
    private final TableFile tables;

    private TableExport(ExportFormat format, UnfinishedFile file, TableFile tables) {
        this.format = format;
        this.file = file;
        this.tables = tables;
    }

    /**
     * Begins an export.
     *
     * @param target file, or folder for formats with a file for each table
     * @param force whether an existing target is replaced
     * @throws java.nio.file.FileAlreadyExistsException when the target exists and {@code force} is false
     * @throws IOException when it cannot be written
     */
    public static TableExport create(Path target, ExportFormat format, boolean force) throws IOException {
        UnfinishedFile file = UnfinishedFile.begin(target, force, TABLE_FILES);
        try {
            Path database = file.path();
            if (!format.isOneFile()) {
                Files.createDirectory(file.path());
                database = file.path().resolve(STAGING);
            }
            return new TableExport(format, file, TableFile.create(database));
        } catch (SQLException e) {
            file.close();
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Adds a row of a result topic, or a manifest.
     *
     * @throws IOException when it cannot be written, for example because the disk is full
     */
    public void add(Message row) throws IOException {
        try {
            tables.add(row);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The number of rows in each table so far. */
    public Map<LedgerTable, Long> rows() {
        return tables.rows();
    }

    /**
     * Writes the rest and gives the export its name.
     *
     * @throws IOException when it cannot be written
     */
    public void finish() throws IOException {
        try {
            tables.flush();
            if (!format.isOneFile()) {
                copyTables();
            }
            tables.close();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!format.isOneFile()) {
            Files.delete(file.path().resolve(STAGING));
        }
        file.finish();
    }

    @Override
    public void close() throws IOException {
        try {
            tables.close();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            file.close();
        }
    }

    private void copyTables() throws SQLException {
        try (Statement statement = tables.database().createStatement()) {
            for (LedgerTable table : LedgerTable.values()) {
                Path path = file.path().resolve(table.tableName() + "." + format.ending());
                statement.execute("COPY " + table.tableName() + " TO " + SqlText.quoted(path) + " ("
                        + format.copyOptions() + ")");
            }
        }
    }
}
