package io.lossledger.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Binary Protocol Buffers as a Kafka serde; null stays null. Thread-safe.
 *
 * @param <T> the message
 */
public final class ProtobufSerde<T extends MessageLite> implements Serde<T> {
    private final Parser<T> parser;

    public ProtobufSerde(Parser<T> parser) {
        this.parser = parser;
    }

    @Override
    public Serializer<T> serializer() {
        return (topic, message) -> message == null ? null : message.toByteArray();
    }

    @Override
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> bytes == null ? null : parse(topic, bytes);
    }

    private @Nullable T parse(String topic, byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SerializationException("Record of " + topic + " is not of its message type", e);
        }
    }
}
