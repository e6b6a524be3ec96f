package io.lossledger.streams.archive;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.streams.archive.v1.Entry;
import io.lossledger.streams.archive.v1.Header;
import io.lossledger.streams.archive.v1.Trailer;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads an archive of version 2 while a trainer writes it, entry by entry. An entry that is not there as a whole is left for
 * later. Not thread-safe.
 */
public final class GrowingArchive implements AutoCloseable {
    static final int VERSION = 2;

    private static final int MAX_ENTRY_BYTES = 64 << 20;
    private static final int MAX_LENGTH_BYTES = 5;
    private static final int SEVEN_BITS = 7;

    private final Path file;
    private final FileChannel in;
    private final MessageDigest digest = ArchiveWriter.sha256();
    private final Header header;
    private ByteBuffer window = ByteBuffer.allocate(1 << 20).limit(0);
    /** Offset in the file of the first byte that is not in the window. */
    private long read;

    private long records;
    private long bytes;
    private boolean whole;

    /**
     * Opens the file and reads its header.
     *
     * @throws ArchiveException when it cannot be read, is not an archive, or is one of another version
     */
    public GrowingArchive(Path file) {
        this.file = file;
        try {
            in = new FileInputStream(file.toFile()).getChannel();
        } catch (IOException e) {
            throw new ArchiveException("file: must be readable. Found: " + file + " (" + e + ")", e);
        }
        try {
            header = begin();
        } catch (ArchiveException e) {
            close();
            throw e;
        }
    }

    /** The run id. */
    public String run() {
        return header.getRun();
    }

    /** The run's manifest at the start, as JSON. */
    public byte[] manifest() {
        return header.getManifest().toByteArray();
    }

    /**
     * The next record or manifest; empty when the rest of the file is not a whole entry, or there is no more.
     *
     * @throws ArchiveException when the file is damaged
     */
    public Optional<Entry> next() {
        if (whole) {
            return Optional.empty();
        }
        if (size() < position()) { // on a full disk, the writer cuts a step off that did not fit
            throw new ArchiveException("file: must not become shorter. Found: " + file
                    + " was cut back by its writer (relay it again: what has been booked is skipped)");
        }
        byte[] before = digestSoFar();
        Optional<Entry> next = entry();
        if (next.isEmpty()) {
            // The writer may cut a half-written entry off and write another one.
            read -= window.remaining();
            window.limit(window.position());
            return next;
        }
        switch (next.get().getEntryCase()) {
            case RECORD -> {
                records++;
                bytes += next.get().getRecord().getKey().size()
                        + next.get().getRecord().getValue().size();
                return next;
            }
            case MANIFEST -> {
                return next;
            }
            case TRAILER -> {
                end(next.get().getTrailer(), before);
                return Optional.empty();
            }
            default -> throw damaged("an entry of an unknown kind");
        }
    }

    /** Whether the trailer has been read: the trainer has ended the run, and the file is complete. */
    public boolean isWhole() {
        return whole;
    }

    /** The number of records so far. */
    public long records() {
        return records;
    }

    /** The bytes of whole entries read so far, and those of the file. */
    public long position() {
        return read - window.remaining();
    }

    /** @throws ArchiveException when the file cannot be read */
    public long size() {
        try {
            return in.size();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // only read
        }
    }

    private Header begin() {
        require(ArchiveWriter.MAGIC.length);
        byte[] magic = new byte[Math.min(window.remaining(), ArchiveWriter.MAGIC.length)];
        window.get(magic);
        if (!Arrays.equals(magic, ArchiveWriter.MAGIC)) {
            throw new ArchiveException("file: must be one that LossLedger writes during training. Found: " + file);
        }
        digest.update(magic);
        Entry first = entry().orElseThrow(() -> damaged("no whole header"));
        if (!first.hasHeader()) {
            throw damaged("no header");
        }
        int version = first.getHeader().getVersion();
        if (version != VERSION) {
            throw new ArchiveException(
                    "file: must be of version " + VERSION + ", written during training. Found: " + file
                            + " of version " + Integer.toUnsignedString(version)
                            + (version == ArchiveWriter.VERSION
                                    ? " (use lossledger runs import)"
                                    : " (use a newer LossLedger)"));
        }
        return first.getHeader();
    }

    private Optional<Entry> entry() {
        require(MAX_LENGTH_BYTES);
        long length = 0;
        int lengthBytes = 0;
        boolean more = true;
        while (more) {
            if (lengthBytes == window.remaining()) {
                return Optional.empty();
            }
            if (lengthBytes == MAX_LENGTH_BYTES) {
                throw damaged("an invalid length");
            }
            int next = window.get(window.position() + lengthBytes);
            length |= (long) (next & 0x7f) << (SEVEN_BITS * lengthBytes++);
            more = next < 0;
        }
        if (length == 0) {
            return Optional.empty(); // after a power failure, the end of a file may be zeros
        }
        if (length > MAX_ENTRY_BYTES) {
            throw damaged("an entry of " + length + " bytes");
        }
        int all = lengthBytes + (int) length;
        require(all);
        if (window.remaining() < all) {
            return Optional.empty();
        }
        byte[] entry = new byte[all];
        window.get(entry);
        try {
            Entry parsed = Entry.parser().parseFrom(entry, lengthBytes, (int) length);
            digest.update(entry);
            return Optional.of(parsed);
        } catch (InvalidProtocolBufferException e) {
            throw damaged("an entry that cannot be read");
        }
    }

    /** Reads on until the window holds this many bytes, or the file has no more. */
    private void require(int count) {
        if (window.remaining() >= count) {
            return;
        }
        ByteBuffer larger = count > window.capacity() ? ByteBuffer.allocate(count) : window.duplicate();
        larger.clear();
        larger.put(window.duplicate());
        try {
            int found = 0;
            while (larger.position() < count && found >= 0) {
                found = in.read(larger, read);
                read += Math.max(0, found);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        window = larger.flip();
    }

    private void end(Trailer said, byte[] checksum) {
        if (!Arrays.equals(said.getSha256().toByteArray(), checksum)) {
            throw damaged("a checksum that does not match");
        }
        if (said.getRecords() != records || said.getBytes() != bytes) {
            throw damaged("a trailer that does not match");
        }
        if (position() < size()) {
            throw damaged("data after the trailer");
        }
        whole = true;
    }

    private byte[] digestSoFar() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every JDK can copy the state of SHA-256", e);
        }
    }

    private ArchiveException unreadable(IOException fault) {
        return new ArchiveException("file: must be readable. Found: " + file + " (" + fault + ")", fault);
    }

    private ArchiveException damaged(String found) {
        return new ArchiveException(
                "file: must be as it was written. Found: " + file + " has " + found + " after " + records + " records");
    }
}
