package io.lossledger.tests;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A DuckDB of another version than the one on the class path, in a class loader of its own. */
final class OlderDuckDb implements AutoCloseable {
    private static final Path JARS = Path.of("target", "older-duckdb");

    private final URLClassLoader loader;
    private final Driver driver;

    private OlderDuckDb(URLClassLoader loader, Driver driver) {
        this.loader = loader;
        this.driver = driver;
    }

    /** Jars of the drivers that the build has put there. */
    static List<Path> jars() throws IOException {
        try (Stream<Path> jars = Files.list(JARS)) {
            return jars.sorted().toList();
        }
    }

    static OlderDuckDb load(Path jar) throws Exception {
        URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        Class<?> driver = loader.loadClass("org.duckdb.DuckDBDriver");
        return new OlderDuckDb(loader, (Driver) driver.getDeclaredConstructor().newInstance());
    }

    /** Rows of an answer. */
    List<List<@Nullable Object>> ask(Path file, String sql) throws SQLException {
        Properties readOnly = new Properties();
        readOnly.put("duckdb.read_only", "true");
        try (Connection connection = driver.connect("jdbc:duckdb:" + file, readOnly);
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (answer.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int column = 1; column <= answer.getMetaData().getColumnCount(); column++) {
                    row.add(answer.getObject(column));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
