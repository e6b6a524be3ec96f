package io.lossledger.streams.letters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler.Response;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler.Result;
import org.junit.jupiter.api.Test;

class UnreadableChunkHandlerTest {
    @Test
    void setsTheChunkAsideAndGoesOn() {
        UnreadableChunkHandler handler = new UnreadableChunkHandler();
        handler.configure(Map.of("errors.dead.letter.queue.topic.name", "lossledger.rejected"));
        ConsumerRecord<byte[], byte[]> chunk =
                new ConsumerRecord<>("app-chunks-by-run-repartition", 0, 9, new byte[] {4}, new byte[] {1, 2, 3});

        Response response = handler.handleError(
                new Place(DeadLetters.origin("lossledger.update", 3, 41)),
                chunk,
                new SerializationException("no chunk"));

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("lossledger.rejected");
            assertThat(letter.key()).containsExactly(4);
            assertThat(letter.value()).containsExactly(1, 2, 3);
            assertThat(new String(
                            letter.headers().lastHeader("lossledger.reason").value(), StandardCharsets.UTF_8))
                    .isEqualTo("record of app-chunks-by-run-repartition: must be written by this application."
                            + " Found: partition 0 offset 9, 3 bytes that cannot be read");
            assertThat(new String(
                            letter.headers().lastHeader("lossledger.offset").value(), StandardCharsets.UTF_8))
                    .isEqualTo("41");
        });
    }
}
