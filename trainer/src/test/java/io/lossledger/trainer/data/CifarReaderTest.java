package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {
    private static final int RECORD = 3073;

    @TempDir
    Path folder;

    /** Five files of four records; value j of image i is (i + j) % 251, its label i % 10. */
    @BeforeEach
    void writeASoundSet() throws IOException {
        for (int batch = 0; batch < 5; batch++) {
            byte[] file = new byte[4 * RECORD];
            for (int record = 0; record < 4; record++) {
                int image = 4 * batch + record;
                file[record * RECORD] = (byte) (image % 10);
                for (int j = 0; j < RECORD - 1; j++) {
                    file[record * RECORD + 1 + j] = (byte) ((image + j) % 251);
                }
            }
            Files.write(file(batch + 1), file);
        }
    }

    @Test
    void readsTheBatchesInOrderAndHoldsOutTheLastTenth() throws IOException {
        assertHoldsTheSet(CifarReader.readFolder(folder));
    }

    @Test
    void findsTheSubFolderOfTheArchive() throws IOException {
        Path sub = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        for (int batch = 1; batch <= 5; batch++) {
            Files.move(file(batch), sub.resolve("data_batch_" + batch + ".bin"));
        }
        assertThat(CifarReader.recognises(folder)).isTrue();
        assertHoldsTheSet(CifarReader.readFolder(folder));
    }

    private static void assertHoldsTheSet(ImageSplit split) {
        assertThat(split.train()).hasToString("18 images of 3x32x32 in 10 classes");
        assertThat(split.validation()).hasToString("2 images of 3x32x32 in 10 classes");
        float[] pixels = new float[RECORD - 1];
        for (int image = 0; image < 20; image++) {
            ImageSet part = image < 18 ? split.train() : split.validation();
            int index = image < 18 ? image : image - 18;
            part.copyPixels(index, pixels, 0);
            assertThat(part.label(index)).isEqualTo(image % 10);
            for (int j = 0; j < pixels.length; j++) {
                assertThat(pixels[j]).isEqualTo((image + j) % 251 / 255f);
            }
        }
    }

    @Test
    void namesAMissingFile() throws IOException {
        Files.delete(file(3));
        assertRefused(file(3) + ": must be a file of CIFAR-10's binary version. Found: no such file."
                + " Extract cifar-10-binary.tar.gz into this folder.");
    }

    @Test
    void namesATruncatedFile() throws IOException {
        Files.write(file(2), Arrays.copyOf(Files.readAllBytes(file(2)), 2 * RECORD - 1));
        assertRefused(
                file(2) + ": must consist of records of 3073 bytes. Found: 6145 bytes, so the file is truncated or"
                        + " not a CIFAR-10 file. Extract cifar-10-binary.tar.gz again.");
    }

    @Test
    void namesAnEmptyFile() throws IOException {
        Files.write(file(5), new byte[0]);
        assertRefused(file(5) + ": must consist of records of 3073 bytes. Found: 0 bytes, so the file is truncated or"
                + " not a CIFAR-10 file. Extract cifar-10-binary.tar.gz again.");
    }

    @Test
    void namesALabelAboveNine() throws IOException {
        byte[] file = Files.readAllBytes(file(4));
        file[2 * RECORD] = (byte) 200;
        Files.write(file(4), file);
        assertRefused(file(4) + ": must hold labels within 0..9. Found: 200 at record 2."
                + " Use CIFAR-10's binary version, not CIFAR-100's or Python's.");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> CifarReader.readFolder(folder))
                .isInstanceOf(DataSetException.class)
                .hasMessage(message);
    }

    private Path file(int batch) {
        return folder.resolve("data_batch_" + batch + ".bin");
    }
}
