package io.lossledger.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.lossledger.protobuf.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How rows and manifests are written. Thread-safe. */
public enum RowFormat {
    /** proto3 JSON on one line, field names as in the contract, every field without presence printed. */
    JSON {
        private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
                .preservingProtoFieldNames()
                .alwaysPrintFieldsWithNoPresence()
                .omittingInsignificantWhitespace();

        @Override
        public byte[] serialize(Message row) {
            try {
                return PRINTER.print(row).getBytes(StandardCharsets.UTF_8);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("A message without Any always prints", e);
            }
        }

        @Override
        public void merge(byte[] bytes, Message.Builder row) throws InvalidProtocolBufferException {
            PARSER.merge(new String(bytes, StandardCharsets.UTF_8), row);
        }
    },
    /** Protocol Buffers' binary form. */
    PROTOBUF {
        @Override
        public byte[] serialize(Message row) {
            return row.toByteArray();
        }

        @Override
        public void merge(byte[] bytes, Message.Builder row) throws InvalidProtocolBufferException {
            row.mergeFrom(bytes);
        }
    };

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    public abstract byte[] serialize(Message row);

    /**
     * Parses a row into a builder; skips fields that this version does not know.
     *
     * @throws InvalidProtocolBufferException when the bytes are not such a row
     */
    public abstract void merge(byte[] bytes, Message.Builder row) throws InvalidProtocolBufferException;

    /**
     * The format of a row, from its first byte: in a binary row a brace would begin a group, and the messages have no
     * groups.
     */
    public static RowFormat of(byte[] row) {
        return row.length > 0 && row[0] == '{' ? JSON : PROTOBUF;
    }

    /**
     * Parses a row of either format into a builder, as {@link #merge} does.
     *
     * @return the builder
     * @throws InvalidProtocolBufferException when the bytes are not such a row
     */
    public static <B extends Message.Builder> B read(byte[] bytes, B row) throws InvalidProtocolBufferException {
        of(bytes).merge(bytes, row);
        return row;
    }

    /** @throws IllegalArgumentException when the name is neither {@code json} nor {@code protobuf} */
    public static RowFormat named(String name) {
        for (RowFormat format : values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException("results.format: must be json or protobuf. Found: " + name);
    }
}
