package io.lossledger.analysis.report.picture;

import io.lossledger.analysis.TableQuery;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of text and numbers under named columns. */
public record Table(List<String> columns, List<List<@Nullable Object>> rows) {
    /** The result of an SQL query. */
    public static Table of(TableQuery query, String sql) {
        List<String> columns = new ArrayList<>();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        query.ask(sql, new TableQuery.Answer() {
            @Override
            public void columns(List<String> names) {
                columns.addAll(names);
            }

            @Override
            public void row(List<@Nullable Object> values) {
                rows.add(values);
            }
        });
        return new Table(columns, rows);
    }

    public int size() {
        return rows.size();
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public boolean has(String column) {
        return columns.contains(column);
    }

    /** A column of numbers; NULL is NaN. */
    public double[] numbers(String column) {
        int index = index(column);
        return rows.stream().mapToDouble(row -> number(row.get(index))).toArray();
    }

    /** A column as text. */
    public List<String> texts(String column) {
        int index = index(column);
        return rows.stream().map(row -> String.valueOf(row.get(index))).toList();
    }

    /** A number in the only row of a result. */
    public double number(String column) {
        return isEmpty() ? Double.NaN : numbers(column)[0];
    }

    private int index(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("column: must be one of " + columns + ". Found: " + column);
        }
        return index;
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
