package io.lossledger.trainer.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes small IDX files, sound and damaged ones. */
final class IdxFiles {

    static final int IMAGES = 0x0803;
    static final int LABELS = 0x0801;

    private IdxFiles() {}

    /** The bytes of a file with that header; value {@code i} is {@code i % modulus}. */
    static byte[] bytes(int magic, int valueCount, int modulus, int... dimensions) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * (1 + dimensions.length) + valueCount);
        buffer.putInt(magic);
        for (int dimension : dimensions) {
            buffer.putInt(dimension);
        }
        for (int i = 0; i < valueCount; i++) {
            buffer.put((byte) (i % modulus));
        }
        return buffer.array();
    }

    static byte[] images(int count, int height, int width) {
        return bytes(IMAGES, count * height * width, 256, count, height, width);
    }

    static byte[] labels(int count) {
        return bytes(LABELS, count, 10, count);
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    static Path write(Path folder, String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }
}
