package io.lossledger.streams.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.archive.v1.Trailer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingArchiveTest {
    @TempDir
    Path folder;

    @Test
    void readsAWholeFile() throws Exception {
        Path file = write(whole(2));

        try (GrowingArchive archive = new GrowingArchive(file)) {
            assertThat(archive.run()).isEqualTo("r");
            assertThat(archive.manifest()).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
            assertThat(texts(archive)).containsExactly("value 0", "{\"sent_step\":0}", "value 1", "{\"sent_step\":1}");
            assertThat(archive.isWhole()).isTrue();
            assertThat(archive.position()).isEqualTo(archive.size());
        }
    }

    /** Cut at every byte: only whole entries come, and none is taken for the end. */
    @Test
    void readsTheWholeEntriesOfAFileThatWasCut() throws Exception {
        byte[] bytes = whole(2);
        int header = header(2).length;
        for (int length = header; length < bytes.length; length++) {
            try (GrowingArchive archive = new GrowingArchive(write(Arrays.copyOf(bytes, length)))) {
                List<String> texts = texts(archive);
                assertThat(texts)
                        .isEqualTo(List.of("value 0", "{\"sent_step\":0}", "value 1", "{\"sent_step\":1}")
                                .subList(0, texts.size()));
                assertThat(archive.isWhole()).isFalse();
            }
        }
    }

    @Test
    void goesOnWhenTheFileHasGrown() throws Exception {
        byte[] bytes = whole(2);
        int header = header(2).length;
        Path file = write(Arrays.copyOf(bytes, header));
        try (GrowingArchive archive = new GrowingArchive(file)) {
            List<String> texts = new ArrayList<>();
            for (int at = header; at < bytes.length; at++) {
                Files.write(file, new byte[] {bytes[at]}, StandardOpenOption.APPEND);
                texts.addAll(texts(archive));
            }
            assertThat(texts).hasSize(4);
            assertThat(archive.isWhole()).isTrue();
        }
    }

    /** On a full disk a writer cuts a half-written entry off and later writes another one there. */
    @Test
    void forgetsAHalfWrittenEntry() throws Exception {
        byte[] start = header(2);
        byte[] half = Arrays.copyOf(framed(record("lost")), 9);
        Path file = write(joined(start, half));
        try (GrowingArchive archive = new GrowingArchive(file)) {
            assertThat(archive.next()).isEmpty();
            write(joined(start, framed(record("kept instead"))));

            assertThat(texts(archive)).containsExactly("kept instead");
        }
    }

    @Test
    void saysThatTheFileWasCutBackBehindWhatWasRead() throws Exception {
        Path file = write(joined(header(2), framed(record("lost"))));
        try (GrowingArchive archive = new GrowingArchive(file)) {
            assertThat(texts(archive)).containsExactly("lost");
            write(header(2));

            assertThatThrownBy(archive::next)
                    .hasMessage("file: must not become shorter. Found: " + file
                            + " was cut back by its writer (relay it again: what has been booked is skipped)");
        }
    }

    /** After a power failure, the end of a file may be zeros. */
    @Test
    void takesZerosForAnEntryThatIsNotThereYet() throws Exception {
        try (GrowingArchive archive = new GrowingArchive(write(joined(header(2), framed(record("a")), new byte[50])))) {
            assertThat(texts(archive)).containsExactly("a");
            assertThat(archive.isWhole()).isFalse();
        }
    }

    @Test
    void readsARecordThatIsLargerThanItsBuffer() throws Exception {
        String large = "x".repeat(3 << 20);
        try (GrowingArchive archive = new GrowingArchive(write(joined(header(2), framed(record(large)))))) {
            assertThat(texts(archive)).containsExactly(large);
        }
    }

    @Test
    void refusesAFileWithOneChangedByte() throws Exception {
        byte[] bytes = whole(2);
        bytes[header(2).length + 12] ^= 1;
        try (GrowingArchive archive = new GrowingArchive(write(bytes))) {
            assertThatThrownBy(() -> texts(archive)).hasMessageContaining("a checksum that does not match");
        }
    }

    @Test
    void sendsExportedFilesToImport() throws Exception {
        Path file = write(whole(1));

        assertThatThrownBy(() -> new GrowingArchive(file))
                .hasMessage("file: must be of version 2, written during training. Found: " + file
                        + " of version 1 (use lossledger runs import)");
    }

    @Test
    void refusesAnyOtherFile() throws Exception {
        Path file = write("not an archive".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> new GrowingArchive(file))
                .hasMessage("file: must be one that LossLedger writes during training. Found: " + file);
    }

    private static List<String> texts(GrowingArchive archive) {
        List<String> texts = new ArrayList<>();
        for (Optional<Entry> next = archive.next(); next.isPresent(); next = archive.next()) {
            texts.add((next.get().hasManifest()
                            ? next.get().getManifest()
                            : next.get().getRecord().getValue())
                    .toStringUtf8());
        }
        return texts;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("run.ll"), bytes);
    }

    private static byte[] header(int version) throws IOException {
        return joined(
                "LOSSLRUN".getBytes(StandardCharsets.US_ASCII),
                framed(Entry.newBuilder()
                        .setHeader(Header.newBuilder()
                                .setVersion(version)
                                .setRun("r")
                                .setManifest(ByteString.copyFromUtf8("{}")))
                        .build()));
    }

    private static byte[] whole(int version) throws Exception {
        byte[] bytes = header(version);
        for (int i = 0; i < 2; i++) {
            Entry manifest = Entry.newBuilder()
                    .setManifest(ByteString.copyFromUtf8("{\"sent_step\":" + i + "}"))
                    .build();
            bytes = joined(bytes, framed(record("value " + i)), framed(manifest));
        }
        Trailer trailer = Trailer.newBuilder()
                .setRecords(2)
                .setBytes(2L * ("key".length() + "value 0".length()))
                .setSha256(
                        ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes)))
                .build();
        return joined(bytes, framed(Entry.newBuilder().setTrailer(trailer).build()));
    }

    private static Entry record(String value) {
        return Entry.newBuilder()
                .setRecord(Record.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key"))
                        .setValue(ByteString.copyFromUtf8(value)))
                .build();
    }

    private static byte[] framed(Entry entry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entry.writeDelimitedTo(out);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
