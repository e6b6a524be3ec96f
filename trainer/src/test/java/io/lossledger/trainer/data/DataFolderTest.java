package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final String RULE = ": must hold either the IDX files train-images-idx3-ubyte and"
            + " train-labels-idx1-ubyte (plain or .gz), or CIFAR-10's data_batch_1.bin to data_batch_5.bin. Found: ";
    private static final String ADVICE = ". Download one data set into a separate folder.";

    @TempDir
    Path folder;

    @Test
    void readsTheDataSetInTheFolder() throws IOException {
        Path idx = Files.createDirectory(folder.resolve("idx"));
        IdxFiles.write(idx, "train-images-idx3-ubyte", IdxFiles.images(3, 4, 5));
        IdxFiles.write(idx, "train-labels-idx1-ubyte", IdxFiles.labels(3));
        Path cifar = Files.createDirectory(folder.resolve("cifar"));
        for (int batch = 1; batch <= 5; batch++) {
            Files.write(cifar.resolve("data_batch_" + batch + ".bin"), new byte[3073]);
        }

        assertThat(DataFolder.read(idx).train().channels()).isEqualTo(1);
        assertThat(DataFolder.read(cifar).train().channels()).isEqualTo(3);
    }

    @Test
    void leavesAnIncompleteSetToItsReader() throws IOException {
        IdxFiles.write(folder, "train-labels-idx1-ubyte.gz", new byte[1]);
        assertThatThrownBy(() -> DataFolder.read(folder))
                .hasMessageContaining("must hold one of train-images-idx3-ubyte");
    }

    @Test
    void namesAFolderWithoutADataSet() {
        assertRefused(folder, "neither");
        assertRefused(folder.resolve("absent"), "no such folder");
    }

    @Test
    void namesAFolderWithTwo() throws IOException {
        Files.createFile(folder.resolve("train-images-idx3-ubyte"));
        Files.createFile(folder.resolve("data_batch_5.bin"));
        assertRefused(folder, "both");
    }

    private static void assertRefused(Path place, String found) {
        assertThatThrownBy(() -> DataFolder.read(place))
                .isInstanceOf(DataSetException.class)
                .hasMessage(place + RULE + found + ADVICE);
    }
}
