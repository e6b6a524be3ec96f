package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {

    @TempDir
    Path folder;

    @Test
    void refusesAMissingFile() {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> IdxFile.read(absent, 3))
                .isInstanceOf(DataSetException.class)
                .hasMessage(absent + ": must be an IDX file. Found: no such file."
                        + " Check the path or download the data set.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesAnotherMagicNumber(boolean gzip) throws IOException {
        assertRefused(
                IdxFiles.labels(30),
                gzip,
                "must start with the IDX magic number 0x00000803 (unsigned bytes in 3 dimensions). Found: 0x00000801."
                        + " Check that images and labels are not swapped, or download the file again.");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 15})
    void refusesAFileThatEndsInItsHeader(int length) throws IOException {
        byte[] start = Arrays.copyOf(IdxFiles.images(3, 4, 5), length);
        String rule =
                "must start with an IDX header of 16 bytes. Found: " + length + " bytes. Download the file again.";
        assertRefused(start, false, rule);
        assertRefused(start, true, rule);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesTruncatedValues(boolean gzip) throws IOException {
        assertRefused(
                IdxFiles.bytes(IdxFiles.IMAGES, 59, 256, 3, 4, 5),
                gzip,
                "must hold 3 x 4 x 5 = 60 values after the header. Found: 59,"
                        + " so the file is truncated or its header damaged. Download the file again.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesTrailingBytes(boolean gzip) throws IOException {
        assertRefused(
                IdxFiles.bytes(IdxFiles.IMAGES, 61, 256, 3, 4, 5),
                gzip,
                "must end after 3 x 4 x 5 = 60 values. Found: more bytes after them. Download the file again.");
    }

    @ParameterizedTest
    @CsvSource({"0,28,28", "3,0,28", "3,28,0", "-1,-1,-1", "-1,28,28", "65536,32768,1", "2,65536,65536"})
    void refusesDimensionsOfZeroAndMoreValuesThanAnArrayHolds(int images, int rows, int columns) throws IOException {
        String found = Integer.toUnsignedString(images) + " x " + Integer.toUnsignedString(rows) + " x "
                + Integer.toUnsignedString(columns);
        assertRefused(
                IdxFiles.bytes(IdxFiles.IMAGES, 60, 256, images, rows, columns),
                false,
                "must have dimensions of at least 1 and at most 2147483639 values. Found: " + found
                        + ". Download the file again.");
    }

    @Test
    void doesNotAllocateWhatADamagedHeaderAnnounces() throws IOException {
        // two thousand million values fit into an array, but not into the memory a test has
        byte[] content = IdxFiles.bytes(IdxFiles.IMAGES, 60, 256, 1_000_000, 40, 50);
        String rule = "must hold 1000000 x 40 x 50 = 2000000000 values after the header. Found: 60,"
                + " so the file is truncated or its header damaged. Download the file again.";
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        assertRefused(content, false, rule);
        assertRefused(content, true, rule);
        assertThat(runtime.totalMemory() - runtime.freeMemory() - before).isLessThan(64 << 20);
    }

    @Test
    void refusesGzipThatEndsEarly() throws IOException {
        byte[] whole = IdxFiles.gzip(IdxFiles.images(3, 4, 5));
        for (int length : new int[] {2, 12, whole.length - 20, whole.length - 1}) {
            assertRefused(
                    Arrays.copyOf(whole, length),
                    false,
                    "must be a whole gzip file. Found: the end of the file inside the compressed data."
                            + " Download the file again.");
        }
    }

    @Test
    void refusesGzipWithAWrongChecksum() throws IOException {
        byte[] damaged = IdxFiles.gzip(IdxFiles.images(3, 4, 5));
        damaged[damaged.length - 8] ^= 1;
        assertRefused(
                damaged, false, "must be a whole gzip file. Found: Corrupt GZIP trailer. Download the file again.");
    }

    private void assertRefused(byte[] content, boolean gzip, String rule) throws IOException {
        Path file = IdxFiles.write(folder, "file", gzip ? IdxFiles.gzip(content) : content);
        assertThatThrownBy(() -> IdxFile.read(file, 3))
                .isInstanceOf(DataSetException.class)
                .hasMessage(file + ": " + rule);
    }
}
