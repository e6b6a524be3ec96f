package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxReaderTest {

    @TempDir
    Path folder;

    private Path images;
    private Path labels;

    @BeforeEach
    void writeASoundPair() throws IOException {
        images = IdxFiles.write(folder, "images", IdxFiles.images(3, 4, 5));
        labels = IdxFiles.write(folder, "labels", IdxFiles.labels(3));
    }

    @Test
    void readsImagesWithTheirLabels() throws IOException {
        assertHoldsThePair(IdxReader.read(images, labels));
    }

    @Test
    void recognisesGzipByContentNotByName() throws IOException {
        Files.write(images, IdxFiles.gzip(Files.readAllBytes(images)));
        Path plainWithGzipName = IdxFiles.write(folder, "labels.gz", IdxFiles.labels(3));
        assertHoldsThePair(IdxReader.read(images, plainWithGzipName));
    }

    private static void assertHoldsThePair(ImageSet set) {
        assertThat(set).hasToString("3 images of 1x4x5 in 10 classes");
        float[] pixels = new float[60];
        for (int i = 0; i < 3; i++) {
            assertThat(set.label(i)).isEqualTo(i);
            set.copyPixels(i, pixels, 20 * i);
        }
        for (int i = 0; i < 60; i++) {
            assertThat(pixels[i]).isEqualTo(i / 255f);
        }
    }

    @ParameterizedTest
    @CsvSource({"-,''", "-,.gz", "., ''", "., .gz"})
    void findsTheTwoFilesOfAFolderInEachSpelling(String separator, String suffix) throws IOException {
        writeFolder(separator, suffix, 3);
        ImageSplit split = IdxReader.readFolder(folder);
        assertThat(split.train()).hasToString("2 images of 1x4x5 in 10 classes");
        assertThat(split.validation()).hasToString("1 images of 1x4x5 in 10 classes");
        assertThat(IdxReader.recognises(folder)).isTrue();
    }

    /** Of MNIST's 60,000 images the last 5,000 are held out. */
    @Test
    void holdsOutTheLastTwelfth() throws IOException {
        writeFolder("-", "", 60);
        ImageSplit split = IdxReader.readFolder(folder);
        assertThat(split.train().size()).isEqualTo(55);
        assertThat(split.validation().size()).isEqualTo(5);
        for (int i = 0; i < 60; i++) {
            ImageSet part = i < 55 ? split.train() : split.validation();
            float[] pixels = new float[20];
            part.copyPixels(i < 55 ? i : i - 55, pixels, 0);
            assertThat(part.label(i < 55 ? i : i - 55)).isEqualTo(i % 10);
            assertThat(pixels[0]).isEqualTo(20 * i % 256 / 255f);
        }
    }

    @Test
    void refusesASetTooSmallToHoldAnyOut() throws IOException {
        writeFolder("-", "", 1);
        assertThatThrownBy(() -> IdxReader.readFolder(folder))
                .isInstanceOf(DataSetException.class)
                .hasMessage(folder.resolve("train-images-idx3-ubyte")
                        + ": must hold at least 2 images, as the last are held out for validation. Found: 1."
                        + " Use the whole data set.");
    }

    @Test
    void listsTheNamesItLooksFor() throws IOException {
        writeFolder("-", "", 4);
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        assertThatThrownBy(() -> IdxReader.readFolder(folder))
                .isInstanceOf(DataSetException.class)
                .hasMessage(folder + ": must hold one of train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz,"
                        + " train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz. Found: none of them."
                        + " Download the data set into this folder.");
    }

    @Test
    void saysThatAFolderDoesNotExist() {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> IdxReader.readFolder(absent))
                .isInstanceOf(DataSetException.class)
                .hasMessage(absent + ": must hold one of train-images-idx3-ubyte, train-images-idx3-ubyte.gz,"
                        + " train-images.idx3-ubyte, train-images.idx3-ubyte.gz. Found: no such folder."
                        + " Download the data set into this folder.");
    }

    @Test
    void refusesCountsThatDiffer() throws IOException {
        Files.write(labels, IdxFiles.labels(2));
        assertThatThrownBy(() -> IdxReader.read(images, labels))
                .isInstanceOf(DataSetException.class)
                .hasMessage(labels + ": must hold one label for each of the 3 images in " + images
                        + ". Found: 2 labels. Use images and labels of the same set.");
    }

    @Test
    void refusesALabelAboveNine() throws IOException {
        Files.write(labels, IdxFiles.bytes(IdxFiles.LABELS, 11, 11, 11));
        assertThatThrownBy(() -> IdxReader.read(images, labels))
                .isInstanceOf(DataSetException.class)
                .hasMessage(labels + ": must hold labels within 0..9. Found: 10 at index 10."
                        + " Use a data set of ten classes, or download the file again.");
    }

    private void writeFolder(String separator, String suffix, int count) throws IOException {
        write("train-images" + separator + "idx3-ubyte" + suffix, IdxFiles.images(count, 4, 5));
        write("train-labels" + separator + "idx1-ubyte" + suffix, IdxFiles.labels(count));
    }

    private void write(String name, byte[] content) throws IOException {
        IdxFiles.write(folder, name, name.endsWith(".gz") ? IdxFiles.gzip(content) : content);
    }
}
