package io.lossledger.trainer.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One IDX file of unsigned bytes: the magic number {@code 0x000008dd} with {@code dd} dimensions, each dimension as an
 * unsigned 32-bit big-endian number, then the values.
 *
 * <p>Gzip is recognised by the first two bytes. Memory grows with the actual number of bytes, whatever the header says.
 */
final class IdxFile {

    private static final int UNSIGNED_BYTES = 0x0800;
    private static final int MAX_VALUES = Integer.MAX_VALUE - 8;

    private final int[] dimensions;
    private final byte[] values;

    private IdxFile(int[] dimensions, byte[] values) {
        this.dimensions = dimensions;
        this.values = values;
    }

    /** The size of a dimension, at least 1. The first is the number of images or labels. */
    int dimension(int index) {
        return dimensions[index];
    }

    /** The values in row-major order, not copied. */
    byte[] values() {
        return values;
    }

    /**
     * Reads a whole file.
     *
     * @throws DataSetException if the file is missing, is not IDX with that many dimensions, has a dimension of 0, or
     *     ends before or after the values its header announces
     * @throws IOException if reading fails for another reason
     */
    static IdxFile read(Path file, int dimensionCount) throws IOException {
        try (InputStream in = open(file)) {
            int[] dimensions = readHeader(in, file, dimensionCount);
            byte[] values = readValues(in, file, dimensions);
            return new IdxFile(dimensions, values);
        } catch (NoSuchFileException e) {
            throw new DataSetException(
                    file + ": must be an IDX file. Found: no such file. Check the path or download the data set.", e);
        } catch (EOFException e) {
            throw damagedGzip(file, "the end of the file inside the compressed data", e);
        } catch (ZipException e) {
            throw damagedGzip(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static DataSetException damagedGzip(Path file, String found, IOException cause) {
        return new DataSetException(
                file + ": must be a whole gzip file. Found: " + found + ". Download the file again.", cause);
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            in.mark(2);
            boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return gzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static int[] readHeader(InputStream in, Path file, int dimensionCount) throws IOException {
        int headerBytes = Integer.BYTES * (1 + dimensionCount);
        byte[] header = in.readNBytes(headerBytes);
        ByteBuffer buffer = ByteBuffer.wrap(header);
        int magic = UNSIGNED_BYTES + dimensionCount;
        if (header.length >= Integer.BYTES && buffer.getInt() != magic) {
            throw new DataSetException(String.format(
                    "%s: must start with the IDX magic number 0x%08x (unsigned bytes in %d dimensions). Found: 0x%08x."
                            + " Check that images and labels are not swapped, or download the file again.",
                    file, magic, dimensionCount, buffer.getInt(0)));
        }
        if (header.length < headerBytes) {
            throw new DataSetException(file + ": must start with an IDX header of " + headerBytes + " bytes. Found: "
                    + header.length + " bytes. Download the file again.");
        }
        int[] dimensions = new int[dimensionCount];
        for (int i = 0; i < dimensionCount; i++) {
            dimensions[i] = buffer.getInt();
        }
        requireUsable(dimensions, file);
        return dimensions;
    }

    private static void requireUsable(int[] dimensions, Path file) throws DataSetException {
        long room = MAX_VALUES;
        for (int dimension : dimensions) {
            room = dimension == 0 ? 0 : room / Integer.toUnsignedLong(dimension);
        }
        if (room == 0) {
            throw new DataSetException(file + ": must have dimensions of at least 1 and at most " + MAX_VALUES
                    + " values. Found: " + describe(dimensions) + ". Download the file again.");
        }
    }

    private static byte[] readValues(InputStream in, Path file, int[] dimensions) throws IOException {
        int count = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
        // readNBytes collects what arrives in small pieces: a damaged header cannot make it allocate the whole count
        byte[] values = in.readNBytes(count);
        if (values.length < count) {
            throw new DataSetException(file + ": must hold " + describe(dimensions) + " = " + count
                    + " values after the header. Found: " + values.length
                    + ", so the file is truncated or its header damaged. Download the file again.");
        }
        if (in.read() >= 0) {
            throw new DataSetException(file + ": must end after " + describe(dimensions) + " = " + count
                    + " values. Found: more bytes after them. Download the file again.");
        }
        return values;
    }

    private static String describe(int[] dimensions) {
        return Arrays.stream(dimensions).mapToObj(Integer::toUnsignedString).collect(Collectors.joining(" x "));
    }
}
