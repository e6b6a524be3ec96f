package io.lossledger.standalone.terminal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Turns any record of the ledger into one line of JSON. Immutable. */
public final class JsonLines {
    private final LedgerTopic topic;

    public JsonLines(LedgerTopic topic) {
        this.topic = topic;
    }

    public String line(ConsumerRecord<String, byte[]> entry) {
        try {
            if (entry.value() == null && topic != LedgerTopic.REJECTED) {
                return "null";
            }
            return switch (topic) {
                case UPDATE -> json(withoutVectors(Update.parseFrom(entry.value())));
                case REJECTED -> json(deadLetter(entry));
                default -> row(entry.value());
            };
        } catch (InvalidProtocolBufferException e) {
            return json(unreadable(entry, e));
        }
    }

    /** JSON rows are passed on as they are; binary ones are translated. */
    private String row(byte[] value) throws InvalidProtocolBufferException {
        if (RowFormat.of(value) == RowFormat.JSON) {
            return new String(value, StandardCharsets.UTF_8);
        }
        return json(RowFormat.read(value, topic.value().orElseThrow().newBuilderForType())
                .build());
    }

    private static Update withoutVectors(Update update) {
        if (!update.hasTensorChunk()) {
            return update;
        }
        TensorChunk.Builder chunk =
                update.getTensorChunk().toBuilder().clearDelta().clearParts();
        for (ObjectiveChunk.Builder objective : chunk.getObjectivesBuilderList()) {
            objective.clearGradient();
        }
        return update.toBuilder().setTensorChunk(chunk).build();
    }

    private static Struct deadLetter(ConsumerRecord<String, byte[]> entry) {
        Struct.Builder letter = Struct.newBuilder();
        put(letter, "key", String.valueOf(entry.key()));
        for (Header header : entry.headers()) {
            put(letter, header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        if (entry.value() != null) {
            put(letter, "value_base64", Base64.getEncoder().encodeToString(entry.value()));
        }
        return letter.build();
    }

    private static Struct unreadable(ConsumerRecord<String, byte[]> entry, InvalidProtocolBufferException fault) {
        Struct.Builder line = Struct.newBuilder();
        put(line, "unreadable", String.valueOf(fault.getMessage()));
        put(line, "key", String.valueOf(entry.key()));
        put(line, "value_base64", Base64.getEncoder().encodeToString(entry.value()));
        return line.build();
    }

    private static void put(Struct.Builder struct, String name, String value) {
        struct.putFields(name, Value.newBuilder().setStringValue(value).build());
    }

    private static String json(Message message) {
        return new String(RowFormat.JSON.serialize(message), StandardCharsets.UTF_8);
    }
}
