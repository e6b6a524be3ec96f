package io.lossledger.analysis;

import java.util.Locale;

/** How tables are written to files. */
public enum ExportFormat {
    /** One file for DuckDB, with all tables and what their columns mean. */
    DUCKDB("duckdb", ""),
    /** A folder with one file for each table, compressed with zstd. */
    PARQUET("parquet", "FORMAT parquet, COMPRESSION zstd"),
    /** A folder with one file for each table, with names in the first line. */
    CSV("csv", "FORMAT csv, HEADER true");

    private final String ending;
    private final String copyOptions;

    ExportFormat(String ending, String copyOptions) {
        this.ending = ending;
        this.copyOptions = copyOptions;
    }

    /** Whether all tables are in one file. */
    public boolean isOneFile() {
        return this == DUCKDB;
    }

    /** What the names of files end in, without the dot. */
    public String ending() {
        return ending;
    }

    /** As in {@code --format}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How DuckDB copies a table to such a file. */
    String copyOptions() {
        return copyOptions;
    }
}
