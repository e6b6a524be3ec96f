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
 * An export that is being written: rows are added, and the target has its name when {@link #finish} returns. Closed before that,
 * it leaves nothing behind. Memory is bounded. Not thread-safe.
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
     * @param force whether a target that exists is replaced
     * @throws java.nio.file.FileAlreadyExistsException when it exists and is not to be replaced
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
     * @throws IOException when it cannot be written, as the disk is full
     */
    public void add(Message row) throws IOException {
        try {
            tables.add(row);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Rows of each table so far. */
    public Map<LedgerTable, Long> rows() {
        return tables.rows();
    }

    /**
     * Writes what is left and gives the export its name.
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
