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
 * Finds the tables that a query needs with DuckDB itself: it prepares the query on empty tables, leaving out each of
 * them in turn. So it handles quoted names, subqueries, views, macros and common table expressions that hide a table
 * exactly like the real query. Stateless.
 */
public final class NamedTables {
    /** Reads its table only at execution, to find the resulting columns. */
    private static final Pattern PIVOT = Pattern.compile("pivot", Pattern.CASE_INSENSITIVE);

    private NamedTables() {}

    /**
     * The tables that a query cannot do without.
     *
     * @throws IllegalArgumentException when the query fails even with all tables; the message says why
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
