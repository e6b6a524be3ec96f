package io.lossledger.streams.letters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Response;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusedRecordHandlerTest {
    private static final Place PLACE = new Place(DeadLetters.origin("lossledger.update", 3, 41));

    private final RefusedRecordHandler handler = new RefusedRecordHandler();

    @BeforeEach
    void configure() {
        handler.configure(Map.of("errors.dead.letter.queue.topic.name", "lossledger.rejected"));
    }

    @Test
    void setsARefusedRowAside() {
        ProducerRecord<byte[], byte[]> row = row("lossledger.unit", 500);

        Response response = handler.handleError(PLACE, row, new RecordRefusedException("lossledger.unit", 300, 700));

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("lossledger.rejected");
            assertThat(letter.value()).isEqualTo(row.value());
            assertThat(letter.key()).isEqualTo(row.key());
            assertThat(header(letter, "lossledger.reason"))
                    .isEqualTo("record for lossledger.unit: must take at most 300 bytes. Found: 700");
            assertThat(header(letter, "lossledger.topic")).isEqualTo("lossledger.update");
            assertThat(header(letter, "lossledger.partition")).isEqualTo("3");
            assertThat(header(letter, "lossledger.offset")).isEqualTo("41");
        });
    }

    /** In the transaction that the broker's refusal has spoilt, nothing can be set aside. */
    @Test
    void startsAgainAfterARefusalByTheBroker() {
        RecordTooLargeException fault = new RecordTooLargeException("too large");

        assertThat(handler.handleError(PLACE, row("lossledger.unit", 500), fault)
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(RecoverableFailures.isRecoverable(new RuntimeException(fault)))
                .isTrue();
    }

    @Test
    void stopsWhenAStoreCannotBeLogged() {
        RecordRefusedException fault = new RecordRefusedException("app-run-books-changelog", 300, 700);

        assertThat(handler.handleError(PLACE, row("app-run-books-changelog", 500), fault)
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(RecoverableFailures.isRecoverable(new RuntimeException(fault)))
                .isFalse();
    }

    @Test
    void waitsForABrokerThatIsAway() {
        TimeoutException fault = new TimeoutException("away");

        assertThat(handler.handleError(PLACE, row("lossledger.unit", 5), fault).result())
                .isEqualTo(Result.RETRY);
        assertThat(RecoverableFailures.isRecoverable(fault)).isTrue();
    }

    @Test
    void stopsOnWhatWillComeAgain() {
        InvalidTopicException fault = new InvalidTopicException("lossledger unit");

        assertThat(handler.handleError(PLACE, row("lossledger.unit", 5), fault).result())
                .isEqualTo(Result.FAIL);
        assertThat(RecoverableFailures.isRecoverable(fault)).isFalse();
    }

    /** Letters get shorter until one fits, and end: a letter about a letter about a letter would never. */
    @Test
    void shortensALetterThatItsOwnTopicRefuses() {
        ProducerRecord<byte[], byte[]> letter = row("lossledger.rejected", 5_000_000);
        int letters = 0;
        while (true) {
            Response response =
                    handler.handleError(PLACE, letter, new RecordRefusedException("lossledger.rejected", 10, 700));
            assertThat(response.result()).isEqualTo(Result.RESUME);
            if (response.deadLetterQueueRecords().isEmpty()) {
                break;
            }
            ProducerRecord<byte[], byte[]> shorter =
                    response.deadLetterQueueRecords().get(0);
            assertThat(shorter.value()).hasSize(letter.value().length / 16);
            assertThat(header(shorter, "lossledger.truncated")).isEqualTo("5000000");
            assertThat(shorter.key()).isEqualTo(letter.key());
            letter = shorter;
            letters++;
        }
        assertThat(letter.value()).isEmpty();
        assertThat(letters).isEqualTo(6);
    }

    private static ProducerRecord<byte[], byte[]> row(String topic, int bytes) {
        return new ProducerRecord<>(topic, null, 5L, new byte[] {1}, new byte[bytes], new RecordHeaders());
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
