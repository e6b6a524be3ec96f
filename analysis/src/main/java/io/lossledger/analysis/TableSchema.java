package io.lossledger.analysis;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.lossledger.analysis.LedgerTable.Elements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table, and how a row is appended to it. Derived from the contract: a new field there becomes a
 * column. Immutable.
 */
final class TableSchema {
    private static final String LCA = "lca";
    /** Fields that would be repeated for each element; the table of steps has the times. */
    private static final Set<String> NOT_FOR_ELEMENTS = Set.of("time", "units");

    private final LedgerTable table;
    private final List<Column> columns = new ArrayList<>();
    private final @Nullable FieldDescriptor array;
    private final @Nullable FieldDescriptor first;

    TableSchema(LedgerTable table) {
        this.table = table;
        var message = table.message().getDescriptorForType();
        Elements elements = table.elements().orElse(null);
        array = elements == null ? null : message.findFieldByName(elements.array());
        first = elements == null ? null : message.findFieldByName(elements.first());
        for (FieldDescriptor field : message.getFields()) {
            boolean left = array != null && NOT_FOR_ELEMENTS.contains(field.getName());
            if (!field.equals(array) && !field.equals(first) && !left) {
                columns.add(new Column(field));
            }
        }
    }

    /** The statement that creates the table. */
    String definition() {
        List<String> definitions = new ArrayList<>();
        columns.forEach(column -> definitions.add(named(column.name()) + " " + column.type()));
        table.elements().ifPresent(elements -> {
            definitions.add(elements.index() + " BIGINT");
            definitions.add(LCA + " DOUBLE");
        });
        return "CREATE TABLE " + table.tableName() + " (" + String.join(", ", definitions) + ")";
    }

    /** The statements that describe the table and its columns. */
    List<String> comments(FieldMeanings meanings) {
        List<String> comments = new ArrayList<>();
        comments.add("COMMENT ON TABLE " + table.tableName() + " IS "
                + SqlText.quoted(meanings.of(table.message().getDescriptorForType())));
        for (Column column : columns) {
            comments.add(comment(column.name(), meanings.of(column.field())));
        }
        table.elements().ifPresent(elements -> {
            comments.add(comment(elements.index(), elements.meaning()));
            comments.add(comment(LCA, "Loss change allocated to it. Negative: it helped."));
        });
        return comments;
    }

    /** The expression with which DuckDB reads a CSV file of the table, with the types it was written with. */
    String readCsv(String quotedPath) {
        List<String> types = new ArrayList<>();
        columns.forEach(column -> types.add(SqlText.quoted(column.name()) + ": " + SqlText.quoted(column.type())));
        table.elements().ifPresent(elements -> {
            types.add(SqlText.quoted(elements.index()) + ": 'BIGINT'");
            types.add(SqlText.quoted(LCA) + ": 'DOUBLE'");
        });
        return "read_csv(" + quotedPath + ", header = true, allow_quoted_nulls = false, columns = {"
                + String.join(", ", types) + "})";
    }

    /** Appends a row, or one for each of its elements, and returns how many. */
    int append(DuckDBAppender to, Message row) throws SQLException {
        if (array == null || first == null) {
            to.beginRow();
            appendColumns(to, row);
            to.endRow();
            return 1;
        }
        List<?> elements = (List<?>) row.getField(array);
        long index = ((Number) row.getField(first)).longValue();
        for (Object element : elements) {
            to.beginRow();
            appendColumns(to, row);
            to.append(index++);
            to.append(((Double) element).doubleValue());
            to.endRow();
        }
        return elements.size();
    }

    private void appendColumns(DuckDBAppender to, Message row) throws SQLException {
        for (Column column : columns) {
            column.append(to, row);
        }
    }

    private String comment(String column, String meaning) {
        return "COMMENT ON COLUMN " + table.tableName() + "." + named(column) + " IS " + SqlText.quoted(meaning);
    }

    /** Some names are SQL keywords. */
    private static String named(String column) {
        return '"' + column + '"';
    }
}
