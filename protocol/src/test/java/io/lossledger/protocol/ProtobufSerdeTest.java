package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.Update;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ProtobufSerdeTest {
    private final ProtobufSerde<Update> serde = new ProtobufSerde<>(Update.parser());

    @AfterEach
    void closes() {
        serde.close();
    }

    @Test
    void writesThePlainBinaryForm() {
        Update update = UpdatesV1.nodes();
        assertThat(serde.serializer().serialize("t", update)).isEqualTo(update.toByteArray());
    }

    @Test
    void readsWhatItWrote() {
        Update update = UpdatesV1.averaged();
        byte[] bytes = serde.serializer().serialize("t", update);
        assertThat(serde.deserializer().deserialize("t", bytes)).isEqualTo(update);
    }

    @Test
    @SuppressWarnings("NullAway") // Kafka hands null on for tombstones
    void leavesNullAsItIs() {
        assertThat(serde.serializer().serialize("t", null)).isNull();
        assertThat(serde.deserializer().deserialize("t", (byte[]) null)).isNull();
    }

    @Test
    void readsNoBytesAsTheEmptyMessage() {
        assertThat(serde.deserializer().deserialize("t", new byte[0])).isEqualTo(Update.getDefaultInstance());
    }

    @Test
    void refusesBytesOfAnotherKind() {
        assertThatThrownBy(() -> serde.deserializer().deserialize("lossledger.update", new byte[] {10, 5, 'a'}))
                .isInstanceOf(SerializationException.class)
                .hasMessage("Record of lossledger.update is not of its message type")
                .hasCauseInstanceOf(InvalidProtocolBufferException.class);
    }
}
