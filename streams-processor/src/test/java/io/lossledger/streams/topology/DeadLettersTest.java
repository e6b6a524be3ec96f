package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead letters say and hold, under Kafka's test driver. */
class DeadLettersTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void namesThePositionOfTheUpdateWhenTheSecondStageFails() {
        ledger.send(Updates.step("r", 0, 1)); // offsets 0 and 1
        Update stranger = Updates.step("r", 1, 1)[0].toBuilder().setSession(7).build();
        ledger.send(stranger);

        TestRecord<byte[], byte[]> letter = onlyLetter();
        assertThat(header(letter, "lossledger.reason"))
                .isEqualTo("update.session: must be 3, as in the first record of the run. Found: 7");
        assertThat(header(letter, "lossledger.topic")).isEqualTo("lossledger.update");
        assertThat(header(letter, "lossledger.partition")).isEqualTo("0");
        assertThat(header(letter, "lossledger.offset")).isEqualTo("2");
        assertThat(letter.headers().lastHeader("lossledger.truncated")).isNull();
    }

    /** Someone who sends a dead letter again sends its headers with it. */
    @Test
    void ignoresAPositionThatAProducerHasWritten() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("lossledger.offset", bytes("77"));
        headers.add("lossledger.partition", bytes("5"));
        headers.add("lossledger.truncated", bytes("5"));
        headers.add("trace", bytes("abc"));
        ledger.send(bytes("k"), bytes("?"), headers);

        TestRecord<byte[], byte[]> letter = onlyLetter();
        assertThat(letter.headers())
                .extracting(Header::key)
                .containsExactly(
                        "trace", "lossledger.reason", "lossledger.topic", "lossledger.partition", "lossledger.offset");
        assertThat(header(letter, "lossledger.offset")).isEqualTo("0");
        assertThat(header(letter, "lossledger.partition")).isEqualTo("0");
    }

    @Test
    void truncatesAValueThatIsTooLargeForTheTopic() {
        byte[] value = new byte[20 << 20];
        Arrays.fill(value, (byte) 9);
        ledger.send(bytes("k"), value);

        TestRecord<byte[], byte[]> letter = onlyLetter();
        assertThat(header(letter, "lossledger.truncated")).isEqualTo(Integer.toString(20 << 20));
        assertThat(letter.value()).hasSizeBetween(14 << 20, 16 << 20).startsWith(9, 9, 9);
        assertThat(ledger.metric("dropped-records-total")).isEqualTo(1);
    }

    @Test
    void omitsHeadersThatAreTooLargeForTheTopic() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", bytes("abc"));
        headers.add("blob", new byte[17 << 20]);
        ledger.send(bytes("k"), bytes("?"), headers);

        assertThat(onlyLetter().headers())
                .extracting(Header::key)
                .contains("trace")
                .doesNotContain("blob");
    }

    /** Every objective of every part gives a sum for each unit: a megabyte of vectors becomes a hundred of sums. */
    @Test
    void rejectsAnUpdateWhoseSumsExceedARecord() {
        int count = 1_000;
        double[] ones = Updates.fill(count, 1);
        TensorChunk.Builder chunk =
                Updates.tensor("0_b", io.lossledger.protocol.v1.ParameterRole.PARAMETER_ROLE_BIAS, 1, ones, ones);
        ObjectiveChunk averaged = chunk.getObjectives(0).toBuilder()
                .setAveraged(AveragedGradient.newBuilder().setRule("simpson-4").setMean(chunk.getDelta()))
                .build();
        chunk.clearObjectives();
        for (int i = 0; i < 200; i++) {
            chunk.addObjectives(averaged.toBuilder().setName("objective-" + i));
        }
        for (int i = 0; i < 16; i++) {
            chunk.addParts(UpdatePart.newBuilder().setName("part-" + i).setDelta(chunk.getDelta()));
        }
        Update update = Updates.chunk("r", 0, 1, 1, chunk);
        ledger.send(update);

        TestRecord<byte[], byte[]> letter = onlyLetter();
        assertThat(header(letter, "lossledger.reason"))
                .matches("update: its sums must take at most 16711680 bytes\\. Found: \\d{8}"
                        + " \\(send smaller chunks, or fewer objectives and parts\\)");
        assertThat(letter.value()).isEqualTo(update.toByteArray());
        assertThat(letter.key()).isEqualTo(bytes(UpdateKey.of(update)));
    }

    @Test
    void continuesAfterAChunkFromAnotherProgram() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.sendInternally(bytes("r"), new byte[] {1, 2, 3});
        ledger.send(Updates.step("r", 1, 1));

        assertThat(ledger.steps()).hasSize(2);
        assertThat(ledger.metric("dropped-records-total")).isEqualTo(1);
    }

    private TestRecord<byte[], byte[]> onlyLetter() {
        List<TestRecord<byte[], byte[]>> letters = ledger.rejected();
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
