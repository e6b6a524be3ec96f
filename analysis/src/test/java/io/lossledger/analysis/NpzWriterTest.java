package io.lossledger.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That numpy reads the files is shown where it is installed. */
class NpzWriterTest {
    @Test
    void writesHeadersAsNumpyDoes() {
        byte[] header = NpzWriter.header("<f4", List.of(3));
        assertThat(header).hasSize(128);
        // What numpy 1.24 writes for numpy.zeros(3, "<f4").
        assertThat(new String(header, StandardCharsets.ISO_8859_1))
                .isEqualTo("\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
                        + " ".repeat(60) + "\n");
    }

    @Test
    void storesArraysAsTheyAre(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a.npz");
        try (NpzWriter out = new NpzWriter(Files.newOutputStream(file))) {
            out.write("a/b", "<f8", List.of(1), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] array = zip.getInputStream(zip.getEntry("a/b.npy")).readAllBytes();
            assertThat(array).hasSize(136).endsWith(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }
}
