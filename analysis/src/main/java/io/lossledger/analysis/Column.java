package io.lossledger.analysis;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.lossledger.protobuf.JsonFormat;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;

/**
 * A column for a field: numbers as numbers, times in UTC, enums as the last part of their names in lower case, messages
 * as JSON. Optional fields that are not set are NULL. Immutable.
 */
record Column(FieldDescriptor field) {
    private static final JsonFormat.Printer JSON =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    String name() {
        return field.getName();
    }

    /** The type in SQL. */
    String type() {
        String element = switch (field.getJavaType()) {
            case INT -> "BIGINT"; // they are unsigned
            case LONG -> "HUGEINT";
            case FLOAT, DOUBLE -> "DOUBLE";
            case BOOLEAN -> "BOOLEAN";
            case MESSAGE -> isTime() ? "TIMESTAMPTZ" : "VARCHAR";
            default -> "VARCHAR";
        };
        return field.isRepeated() && field.getJavaType() == JavaType.STRING ? "VARCHAR[]" : element;
    }

    void append(DuckDBAppender to, Message row) throws SQLException {
        Object value = row.getField(field);
        if (field.isRepeated()) {
            appendAll(to, (List<?>) value);
        } else if (field.hasPresence() && !row.hasField(field)) {
            to.appendNull();
        } else {
            append(to, value);
        }
    }

    private void append(DuckDBAppender to, Object value) throws SQLException {
        if (value instanceof Integer number) {
            to.append(Integer.toUnsignedLong(number));
        } else if (value instanceof Long number) {
            to.appendHugeInt(number, 0);
        } else if (value instanceof Double number) {
            to.append(number.doubleValue());
        } else if (value instanceof Boolean flag) {
            to.append(flag.booleanValue());
        } else if (value instanceof EnumValueDescriptor constant) {
            to.append(shortName(constant));
        } else if (value instanceof Timestamp time) {
            to.append(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).atOffset(ZoneOffset.UTC));
        } else {
            to.append(value instanceof Message message ? json(message) : value.toString());
        }
    }

    private void appendAll(DuckDBAppender to, List<?> values) throws SQLException {
        if (field.getJavaType() == JavaType.STRING) {
            to.append(values);
        } else {
            to.append(values.stream().map(value -> json((Message) value)).collect(Collectors.joining(",", "[", "]")));
        }
    }

    private boolean isTime() {
        return field.getMessageType().equals(Timestamp.getDescriptor());
    }

    private static String json(Message message) {
        try {
            return JSON.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A message without Any always prints", e);
        }
    }

    /** Turns {@code WINDOW_KIND_STEPS} into {@code steps}. */
    private static String shortName(EnumValueDescriptor constant) {
        String type = constant.getType().getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_") + "_";
        String name = constant.getName();
        boolean prefixed = name.regionMatches(true, 0, type, 0, type.length());
        return (prefixed ? name.substring(type.length()) : name).toLowerCase(Locale.ROOT);
    }
}
