package io.lossledger.producer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads grey images in ten classes from IDX files, the format of MNIST and Fashion-MNIST.
 *
 * <p>Files may be plain or gzip, told apart by their content. Memory: the values of one file, twice while it is read.
 *
 * <p>Thread-safe: there is no state.
 *
 * <p>Source: "The IDX file format", Yann LeCun, Corinna Cortes and Christopher Burges, The MNIST database.
 */
public final class IdxReader {

    private static final int CLASSES = 10;

    private IdxReader() {}

    /**
     * Reads {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte} and
     * {@code t10k-labels-idx1-ubyte} of a folder; the t10k images become the validation set. Each name may end in
     * {@code .gz}, and may be spelled {@code train-images.idx3-ubyte}.
     *
     * @throws DataSetException if a file is missing, damaged or does not fit its partner, or the images of the two sets
     *     differ in size
     * @throws IOException if reading fails for another reason
     */
    public static ImageSplit readFolder(Path folder) throws IOException {
        // all four are looked for before the first is read: a missing file shows at once
        Path trainImages = find(folder, "train-images", "idx3-ubyte");
        Path trainLabels = find(folder, "train-labels", "idx1-ubyte");
        Path validationImages = find(folder, "t10k-images", "idx3-ubyte");
        Path validationLabels = find(folder, "t10k-labels", "idx1-ubyte");
        ImageSet train = read(trainImages, trainLabels);
        ImageSet validation = read(validationImages, validationLabels);
        if (!train.shape().equals(validation.shape())) {
            throw new DataSetException(validationImages + ": must hold images of the training set's size, "
                    + train.height() + " x " + train.width() + ". Found: " + validation.height() + " x "
                    + validation.width() + ". Keep the files of one data set in one folder.");
        }
        return new ImageSplit(train, validation);
    }

    /**
     * Reads one file of images and the file of their labels.
     *
     * @throws DataSetException if a file is missing or damaged, the two hold different counts, or a label is above 9
     * @throws IOException if reading fails for another reason
     */
    public static ImageSet read(Path images, Path labels) throws IOException {
        IdxFile labelFile = IdxFile.read(labels, 1);
        requireLabels(labelFile.values(), labels);
        IdxFile imageFile = IdxFile.read(images, 3);
        if (labelFile.dimension(0) != imageFile.dimension(0)) {
            throw new DataSetException(labels + ": must hold one label for each of the " + imageFile.dimension(0)
                    + " images in " + images + ". Found: " + labelFile.dimension(0)
                    + " labels. Use images and labels of the same set.");
        }
        return ImageSet.owning(
                imageFile.values(), labelFile.values(), 1, imageFile.dimension(1), imageFile.dimension(2), CLASSES);
    }

    private static void requireLabels(byte[] values, Path labels) throws DataSetException {
        for (int i = 0; i < values.length; i++) {
            int label = Byte.toUnsignedInt(values[i]);
            if (label >= CLASSES) {
                throw new DataSetException(labels + ": must hold labels within 0.." + (CLASSES - 1) + ". Found: "
                        + label + " at index " + i + ". Use a data set of ten classes, or download the file again.");
            }
        }
    }

    private static Path find(Path folder, String content, String type) throws DataSetException {
        List<String> names = List.of(
                content + "-" + type, content + "-" + type + ".gz", content + "." + type, content + "." + type + ".gz");
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        String found = Files.isDirectory(folder) ? "none of them" : "no such folder";
        throw new DataSetException(folder + ": must hold one of " + String.join(", ", names) + ". Found: " + found
                + ". Download the data set into this folder.");
    }
}
