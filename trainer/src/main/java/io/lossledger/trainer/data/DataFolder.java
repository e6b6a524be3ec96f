package io.lossledger.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the data set in a folder: IDX files (MNIST, Fashion-MNIST) or CIFAR-10. Stateless. */
public final class DataFolder {

    private DataFolder() {}

    /**
     * Reads the training images; the last of them become the validation set.
     *
     * @throws DataSetException if the folder contains no data set, two, or a damaged one
     * @throws IOException if reading fails for another reason
     */
    public static ImageSplit read(Path folder) throws IOException {
        boolean cifar = CifarReader.recognises(folder);
        boolean idx = IdxReader.recognises(folder);
        if (cifar != idx) {
            return cifar ? CifarReader.readFolder(folder) : IdxReader.readFolder(folder);
        }
        String found = cifar ? "both" : Files.isDirectory(folder) ? "neither" : "no such folder";
        throw new DataSetException(folder + ": must hold either the IDX files train-images-idx3-ubyte and"
                + " train-labels-idx1-ubyte (plain or .gz), or CIFAR-10's data_batch_1.bin to data_batch_5.bin. Found: "
                + found + ". Download one data set into a separate folder.");
    }
}
