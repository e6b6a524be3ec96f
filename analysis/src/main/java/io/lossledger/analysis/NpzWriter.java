package io.lossledger.analysis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;

/**
 * Writes arrays to a file that {@code numpy.load} reads: a zip file of uncompressed arrays in numpy's format, version
 * 1.0. Uses the memory of one array, and about 300 bytes for each written array. Not thread-safe.
 *
 * <p>Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
 */
final class NpzWriter implements AutoCloseable {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    /** The alignment of arrays in the file. */
    private static final int ALIGNMENT = 64;

    private final ZipOutputStream zip;

    /** @param file a buffered stream; closed together with this writer */
    NpzWriter(OutputStream file) {
        zip = new ZipOutputStream(file, StandardCharsets.UTF_8);
        zip.setMethod(ZipOutputStream.STORED);
    }

    /**
     * Writes an array, unless one with this name exists.
     *
     * @param name its name in the file
     * @param type numpy's name for the type of its elements, such as {@code <f4}
     * @param shape its dimensions
     * @param bytes its elements, in C order
     * @return whether it was written
     */
    boolean write(String name, String type, List<Integer> shape, byte[] bytes) throws IOException {
        byte[] header = header(type, shape);
        CRC32 checksum = new CRC32();
        checksum.update(header);
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTime(0); // makes the file reproducible
        entry.setSize((long) header.length + bytes.length);
        entry.setCrc(checksum.getValue());
        try {
            zip.putNextEntry(entry);
        } catch (ZipException e) { // the name exists already
            return false;
        }
        zip.write(header);
        zip.write(bytes);
        zip.closeEntry();
        return true;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    static byte[] header(String type, List<Integer> shape) {
        String dimensions = shape.stream().map(size -> size + ",").collect(Collectors.joining(" ", "(", ")"));
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + dimensions + ", }";
        int used = MAGIC.length + Short.BYTES + text.length() + 1;
        int padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
        byte[] line = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[MAGIC.length + Short.BYTES + line.length];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        header[MAGIC.length] = (byte) line.length;
        header[MAGIC.length + 1] = (byte) (line.length >> Byte.SIZE);
        System.arraycopy(line, 0, header, MAGIC.length + Short.BYTES, line.length);
        return header;
    }
}
