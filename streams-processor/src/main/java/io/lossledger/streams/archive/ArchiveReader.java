package io.lossledger.streams.archive;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Record;
import io.lossledger.streams.archive.v1.Trailer;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads an archive record by record and checks it against its trailer. Not thread-safe. */
final class ArchiveReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    /** The largest record that any topic of the ledger accepts, with room for its headers. */
    private static final int MAX_ENTRY_BYTES = 64 << 20;

    private static final int SEVEN_BITS = 7;

    private final Path file;
    private final InputStream in;
    private final MessageDigest digest = ArchiveWriter.sha256();
    private final Header header;
    private @Nullable Trailer trailer;
    private long records;
    private long bytes;
    private long firstMillis;
    private long lastMillis;

    /** @throws ArchiveException when the file is not an archive, or has a different version */
    ArchiveReader(Path file) {
        this.file = file;
        try {
            in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        } catch (IOException e) {
            throw new ArchiveException("file: must be readable. Found: " + file + " (" + e + ")", e);
        }
        try {
            header = begin();
        } catch (ArchiveException e) {
            closeQuietly();
            throw e;
        }
    }

    Header header() {
        return header;
    }

    /** The facts in the file's trailer; available only after the last record. */
    Trailer trailer() {
        if (trailer == null) {
            throw new IllegalStateException("The trailer comes last");
        }
        return trailer;
    }

    /** Bytes of keys and values read so far. */
    long bytes() {
        return bytes;
    }

    /**
     * The next record; null after the last one, once everything agrees with the trailer.
     *
     * @throws ArchiveException when the file is damaged or truncated
     */
    @Nullable
    Record next() {
        if (trailer != null) {
            return null;
        }
        try {
            byte[] before = ((MessageDigest) digest.clone()).digest();
            Entry entry = entry();
            switch (entry.getEntryCase()) {
                case RECORD -> {
                    requireTopic(entry.getRecord());
                    long time = entry.getRecord().getTimestampMillis();
                    firstMillis = records == 0 ? time : Math.min(firstMillis, time);
                    lastMillis = records == 0 ? time : Math.max(lastMillis, time);
                    records++;
                    bytes += entry.getRecord().getKey().size()
                            + entry.getRecord().getValue().size();
                    return entry.getRecord();
                }
                case TRAILER -> {
                    end(entry.getTrailer(), before);
                    return null;
                }
                default -> throw damaged("an entry that is neither a record nor the trailer");
            }
        } catch (IOException e) {
            throw unreadable(e);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every JDK can copy the state of SHA-256", e);
        }
    }

    @Override
    public void close() {
        closeQuietly();
    }

    private Header begin() {
        try {
            byte[] magic = in.readNBytes(ArchiveWriter.MAGIC.length);
            if (!Arrays.equals(magic, ArchiveWriter.MAGIC)) {
                throw new ArchiveException("file: must be written by lossledger runs export. Found: " + file);
            }
            digest.update(magic);
            Entry first = entry();
            if (!first.hasHeader()) {
                throw damaged("no header");
            }
            int version = first.getHeader().getVersion();
            if (version != ArchiveWriter.VERSION && version != ArchiveWriter.VERSION_WITH_TRAJECTORY) {
                throw new ArchiveException("file: must be of version " + ArchiveWriter.VERSION + " or "
                        + ArchiveWriter.VERSION_WITH_TRAJECTORY + ". Found: " + file + " of version "
                        + Integer.toUnsignedString(version)
                        + (version == GrowingArchive.VERSION
                                ? " (use lossledger relay)"
                                : " (use a newer LossLedger)"));
            }
            return first.getHeader();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void requireTopic(Record record) {
        String topic = record.getTopic();
        boolean known = topic.isEmpty()
                || (header.getVersion() == ArchiveWriter.VERSION_WITH_TRAJECTORY
                        && topic.equals(LedgerTopic.TRAJECTORY.named("")));
        if (!known) {
            throw damaged("a record of the topic " + topic);
        }
    }

    private Entry entry() throws IOException {
        int length = length();
        byte[] message = in.readNBytes(length);
        if (message.length < length) {
            throw new EOFException();
        }
        digest.update(message);
        return Entry.parseFrom(message);
    }

    private int length() throws IOException {
        long length = 0;
        for (int shift = 0; shift < 5 * SEVEN_BITS; shift += SEVEN_BITS) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            digest.update((byte) next);
            length |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (length > MAX_ENTRY_BYTES) {
                    throw damaged("an entry of " + length + " bytes");
                }
                return (int) length;
            }
        }
        throw damaged("an invalid length");
    }

    private void end(Trailer said, byte[] checksum) throws IOException {
        if (!Arrays.equals(said.getSha256().toByteArray(), checksum)) {
            throw damaged("a checksum that does not match");
        }
        boolean timesAgree = said.getFirstMillis() == firstMillis && said.getLastMillis() == lastMillis;
        if (said.getRecords() != records || said.getBytes() != bytes || !timesAgree) {
            throw damaged("a trailer that does not match");
        }
        if (in.read() >= 0) {
            throw damaged("data after the trailer");
        }
        trailer = said;
    }

    private ArchiveException unreadable(IOException fault) {
        if (fault instanceof EOFException) {
            return new ArchiveException(
                    "file: must be whole. Found: " + file + " ends after " + records + " records, without a trailer");
        }
        if (fault instanceof InvalidProtocolBufferException) {
            return damaged("an entry that cannot be read");
        }
        return new ArchiveException("file: must be readable. Found: " + file + " (" + fault + ")", fault);
    }

    private ArchiveException damaged(String found) {
        return new ArchiveException(
                "file: must be as it was written. Found: " + file + " has " + found + " after " + records + " records");
    }

    private void closeQuietly() {
        try {
            in.close();
        } catch (IOException e) {
            // only read
        }
    }
}
