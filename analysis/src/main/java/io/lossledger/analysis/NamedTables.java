package io.lossledger.analysis;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which tables a question needs, as DuckDB itself finds: it is asked of empty tables, once without each of them. So names in
 * quotes, subqueries, views, macros and common table expressions that hide a table are understood as they will be. Stateless.
 */
public final class NamedTables {
    /** Looks at its table only when it is executed, to find the columns that it will have. */
    private static final Pattern PIVOT = Pattern.compile("pivot", Pattern.CASE_INSENSITIVE);

    private NamedTables() {}

    /**
     * The tables without which a question cannot be asked.
     *
     * @throws IllegalArgumentException when it cannot be asked of all tables either; the message says why
     */
    public static Set<LedgerTable> of(String sql) {
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:")) {
            try (Statement statement = database.createStatement()) {
                for (LedgerTable table : LedgerTable.values()) {
                    statement.execute(new TableSchema(table).definition());
                }
            }
            database.setAutoCommit(false);
            try {
                ask(sql, database);
            } catch (SQLException e) {
                throw TableQuery.unanswerable(e);
            } finally {
                database.rollback();
            }
            Set<LedgerTable> named = EnumSet.noneOf(LedgerTable.class);
            for (LedgerTable table : LedgerTable.values()) {
                if (isNeeded(table, sql, database)) {
                    named.add(table);
                }
            }
            return named;
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB makes empty tables in memory", e);
        }
    }

    private static boolean isNeeded(LedgerTable table, String sql, Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("DROP TABLE " + table.tableName());
            ask(sql, database);
            return false;
        } catch (SQLException e) {
            return true;
        } finally {
            database.rollback();
        }
    }

    private static void ask(String sql, Connection database) throws SQLException {
        try (PreparedStatement question = database.prepareStatement(sql)) {
            if (PIVOT.matcher(sql).find()) {
                question.execute();
            }
        }
    }
}
