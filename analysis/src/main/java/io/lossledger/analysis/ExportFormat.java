package io.lossledger.analysis;

import java.util.Locale;

/** The file format of exported tables. */
public enum ExportFormat {
    /** One DuckDB file, with all tables and the descriptions of their columns. */
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

    /** The extension of file names, without the dot. */
    public String ending() {
        return ending;
    }

    /** The name in {@code --format}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The options of DuckDB's COPY for such a file. */
    String copyOptions() {
        return copyOptions;
    }
}
