package io.lossledger.streams.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveFileTest {
    private static final Header HEADER = Header.newBuilder()
            .setVersion(1)
            .setRun("r")
            .setManifest(ByteString.copyFromUtf8("{}"))
            .build();

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("r.run");
        write(HEADER);
    }

    @Test
    void readsWhatWasWritten() {
        try (ArchiveReader archive = new ArchiveReader(file)) {
            List<Record> records = new ArrayList<>();
            for (Record record = archive.next(); record != null; record = archive.next()) {
                records.add(record);
            }

            assertThat(archive.header()).isEqualTo(HEADER);
            assertThat(records).hasSize(3);
            assertThat(records.get(0).getKey().toStringUtf8()).isEqualTo("r|0|0");
            assertThat(records.get(0).getValue().toStringUtf8()).isEqualTo("first");
            assertThat(records.get(0).getTimestampMillis()).isEqualTo(5);
            assertThat(records.get(0).getHeaders(0).getKey()).isEqualTo("h");
            assertThat(records.get(0).getHeaders(0).getValue().toStringUtf8()).isEqualTo("x");
            assertThat(records.get(0).getHeaders(1).hasValue()).isFalse();
            assertThat(records.get(1).hasValue()).isFalse();
            assertThat(archive.trailer().getFirstMillis()).isEqualTo(3);
            assertThat(archive.trailer().getLastMillis()).isEqualTo(9);
        }
    }

    @Test
    void refusesAFileThatIsTruncatedAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(this::readAll)
                    .as("cut to %d of %d bytes", length, whole.length)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining(file.toString());
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(this::readAll)
                .hasMessage("file: must be whole. Found: " + file + " ends after 3 records, without a trailer");
    }

    /** Flips every bit of the file. */
    @Test
    void refusesAFileWithOneFlippedBit() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            assertThatThrownBy(this::readAll).as("bit %d", bit).isInstanceOf(ArchiveException.class);
        }
    }

    @Test
    void saysThatAValueHasChanged() throws IOException {
        String text = new String(Files.readAllBytes(file), ISO_8859_1);
        Files.writeString(file, text.replace("first", "fiRst"), ISO_8859_1);

        assertThatThrownBy(this::readAll)
                .hasMessage("file: must be as it was written. Found: " + file
                        + " has a checksum that does not match after 3 records");
    }

    @Test
    void refusesDataAfterTheTrailer() throws IOException {
        Files.write(file, new byte[1], StandardOpenOption.APPEND);

        assertThatThrownBy(this::readAll)
                .hasMessage("file: must be as it was written. Found: " + file
                        + " has data after the trailer after 3 records");
    }

    @Test
    void refusesAFileOfAnotherKind() throws IOException {
        byte[] other = new byte[10_000];
        new Random(1).nextBytes(other);
        Files.write(file, other);

        assertThatThrownBy(this::readAll).hasMessage("file: must be written by lossledger runs export. Found: " + file);
    }

    @Test
    void refusesAnUnknownVersion() throws IOException {
        Files.delete(file);
        write(HEADER.toBuilder().setVersion(4).build());

        assertThatThrownBy(this::readAll)
                .hasMessage(
                        "file: must be of version 1 or 3. Found: " + file + " of version 4 (use a newer LossLedger)");
    }

    @Test
    void namesTheCommandForAFileThatATrainerWrites() throws IOException {
        Files.delete(file);
        write(HEADER.toBuilder().setVersion(2).build());

        assertThatThrownBy(this::readAll)
                .hasMessage("file: must be of version 1 or 3. Found: " + file + " of version 2 (use lossledger relay)");
    }

    /** An older reader, which would take points for updates, knows version 1 alone. */
    @Test
    void hasRecordsOfAnotherTopicOnlyInAVersionOfTheirOwn() throws IOException {
        Files.delete(file);
        writePoint(HEADER.toBuilder().setVersion(3).build());
        try (ArchiveReader archive = new ArchiveReader(file)) {
            assertThat(archive.next()).extracting(Record::getTopic).isEqualTo("");
            assertThat(archive.next()).extracting(Record::getTopic).isEqualTo("trajectory");
        }
        assertThat(RunImport.hasTrajectory(file)).isTrue();

        Files.delete(file);
        writePoint(HEADER);
        assertThat(RunImport.hasTrajectory(file)).isFalse();
        assertThatThrownBy(this::readAll)
                .hasMessage("file: must be as it was written. Found: " + file
                        + " has a record of the topic trajectory after 1 records");
    }

    @Test
    void blocksGoRoundThePartitionsOfTheTarget() {
        assertThat(RunImport.partition("r|5", 3)).isEqualTo(PointKey.partition("r", 5, 3));
        assertThat(RunImport.partition("r|6", 3)).isEqualTo((RunImport.partition("r|5", 3) + 1) % 3);
        assertThatThrownBy(() -> RunImport.partition("r", 3))
                .hasMessage("file: must have points with the key run|block. Found: r");
    }

    @Test
    void leavesNothingBehindWhenItIsNotFinished() throws IOException {
        Files.delete(file);
        try (ArchiveWriter archive = new ArchiveWriter(file, false, HEADER)) {
            archive.add(LedgerTopic.UPDATE, record("r|0|0", "value", 1));
        }

        assertThat(directory).isEmptyDirectory();
    }

    private void write(Header header) throws IOException {
        try (ArchiveWriter archive = new ArchiveWriter(file, false, header)) {
            ConsumerRecord<byte[], byte[]> first = record("r|0|0", "first", 5);
            first.headers().add("h", "x".getBytes(UTF_8)).add("none", null);
            archive.add(LedgerTopic.UPDATE, first);
            archive.add(LedgerTopic.UPDATE, record("r|0|1", null, 9));
            archive.add(LedgerTopic.UPDATE, record("r|0|0", "third", 3));
            archive.finish();
        }
    }

    private void writePoint(Header header) throws IOException {
        try (ArchiveWriter archive = new ArchiveWriter(file, false, header)) {
            archive.add(LedgerTopic.UPDATE, record("r|0|0", "update", 5));
            archive.add(LedgerTopic.TRAJECTORY, record("r|0", "point", 4));
            archive.finish();
        }
    }

    private void readAll() {
        try (ArchiveReader archive = new ArchiveReader(file)) {
            while (archive.next() != null) {}
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, @Nullable String value, long timestamp) {
        Headers headers = new RecordHeaders();
        return new ConsumerRecord<>(
                "topic",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8),
                headers,
                Optional.empty());
    }
}
