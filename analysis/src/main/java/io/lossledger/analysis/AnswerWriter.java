package io.lossledger.analysis;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.PrintWriter;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints the results of SQL queries. Not thread-safe. */
public final class AnswerWriter implements TableQuery.Answer {
    private static final Gson JSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    /** The rows that are buffered to find the column widths; later rows use the same widths. */
    private static final int MOST_KEPT = 1_000;

    private final Form form;
    private final PrintWriter out;
    private final List<List<String>> kept = new ArrayList<>();
    private List<String> names = List.of();
    private int[] widths = {};
    private boolean laidOut;

    /** The format of the output. */
    public enum Form {
        /** Aligned columns, for people. */
        TABLE,
        /** CSV: names in the first line, then a line for each row. */
        CSV,
        /** JSON Lines: one object per line. */
        JSON
    }

    public AnswerWriter(Form form, PrintWriter out) {
        this.form = form;
        this.out = out;
    }

    @Override
    public void columns(List<String> columnNames) {
        names = columnNames;
        if (form == Form.CSV) {
            out.println(names.stream().map(AnswerWriter::csv).collect(Collectors.joining(",")));
        }
    }

    @Override
    public void row(List<@Nullable Object> values) {
        switch (form) {
            case JSON -> out.println(JSON.toJson(object(values)));
            case CSV ->
                out.println(values.stream().map(value -> csv(text(value))).collect(Collectors.joining(",")));
            case TABLE -> {
                List<String> row = values.stream().map(AnswerWriter::text).toList();
                if (laidOut) {
                    print(row);
                } else {
                    kept.add(row);
                    if (kept.size() == MOST_KEPT) {
                        layOut();
                    }
                }
            }
        }
    }

    /** Ends the output. */
    public void end() {
        if (form == Form.TABLE && !laidOut) {
            layOut();
        }
        out.flush();
    }

    private void layOut() {
        widths = names.stream().mapToInt(String::length).toArray();
        for (List<String> row : kept) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        laidOut = true;
        print(names);
        kept.forEach(this::print);
        kept.clear();
    }

    private void print(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i))
                    .append(" ".repeat(Math.max(0, widths[i] - cells.get(i).length()) + 2));
        }
        out.println(line.toString().stripTrailing());
    }

    private JsonObject object(List<@Nullable Object> values) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < names.size(); i++) {
            object.add(names.get(i), json(values.get(i)));
        }
        return object;
    }

    private static JsonElement json(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        }
        if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(element -> array.add(json(element)));
            return array;
        }
        if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        }
        boolean finite = value instanceof Number number && Double.isFinite(number.doubleValue());
        return finite ? new JsonPrimitive((Number) value) : new JsonPrimitive(text(value));
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof OffsetDateTime time ? time.toInstant().toString() : value.toString();
    }

    private static String csv(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
