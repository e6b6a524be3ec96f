package io.lossledger.streams.archive;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.files.UnfinishedFile;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.archive.v1.RecordHeader;
import io.lossledger.streams.archive.v1.Trailer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes an archive next to its target, under a temporary name, and renames it when it is complete. Leaves nothing
 * behind if it is closed before {@link #finish}. Not thread-safe.
 */
final class ArchiveWriter implements AutoCloseable {
    static final byte[] MAGIC = "LOSSLRUN".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 1;
    /** Of an archive with records of more than one topic, which a reader of version 1 must refuse. */
    static final int VERSION_WITH_TRAJECTORY = 3;

    private final UnfinishedFile file;
    private final MessageDigest digest = sha256();
    private final OutputStream out;
    private final Trailer.Builder trailer = Trailer.newBuilder();

    /** @throws IOException when the folder cannot be written */
    ArchiveWriter(Path target, boolean replace, Header header) throws IOException {
        file = UnfinishedFile.begin(target, replace);
        try {
            out = new DigestOutputStream(file.newOutputStream(), digest);
            out.write(MAGIC);
            write(Entry.newBuilder().setHeader(header).build());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    void add(LedgerTopic topic, ConsumerRecord<byte[], byte[]> found) throws IOException {
        Record.Builder record = Record.newBuilder()
                .setTopic(topic == LedgerTopic.UPDATE ? "" : topic.named(""))
                .setKey(found.key() == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(found.key()))
                .setTimestampMillis(found.timestamp());
        if (found.value() != null) {
            record.setValue(UnsafeByteOperations.unsafeWrap(found.value()));
        }
        for (var header : found.headers()) {
            RecordHeader.Builder copy = RecordHeader.newBuilder().setKey(header.key());
            if (header.value() != null) {
                copy.setValue(UnsafeByteOperations.unsafeWrap(header.value()));
            }
            record.addHeaders(copy);
        }
        write(Entry.newBuilder().setRecord(record).build());
        boolean first = trailer.getRecords() == 0;
        trailer.setRecords(trailer.getRecords() + 1)
                .setBytes(trailer.getBytes()
                        + record.getKey().size()
                        + record.getValue().size())
                .setFirstMillis(first ? found.timestamp() : Math.min(trailer.getFirstMillis(), found.timestamp()))
                .setLastMillis(first ? found.timestamp() : Math.max(trailer.getLastMillis(), found.timestamp()));
    }

    long records() {
        return trailer.getRecords();
    }

    long bytes() {
        return trailer.getBytes();
    }

    /** Completes the file and moves it to its target. */
    void finish() throws IOException {
        trailer.setSha256(ByteString.copyFrom(digest.digest()));
        write(Entry.newBuilder().setTrailer(trailer).build());
        out.close();
        file.finish();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            out.close();
        } catch (IOException e) {
            // a full disk fails again here; what matters is that no file remains
        }
    }

    private void write(Entry entry) throws IOException {
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        coded.writeMessageNoTag(entry);
        coded.flush();
    }
}
