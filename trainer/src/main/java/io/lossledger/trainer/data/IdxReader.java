package io.lossledger.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads grey images in ten classes from IDX files, the format of MNIST and Fashion-MNIST.
 *
 * <p>Files may be plain or gzip, distinguished by their content. Memory: the values of one file, twice while it is
 * read.
 *
 * <p>Thread-safe: there is no state.
 *
 * <p>Source: "The IDX file format", Yann LeCun, Corinna Cortes and Christopher Burges, The MNIST database.
 */
public final class IdxReader {

    private static final int CLASSES = 10;
    private static final int HELD_OUT_PART = 12;

    private IdxReader() {}

    /**
     * Reads {@code train-images-idx3-ubyte} and {@code train-labels-idx1-ubyte} of a folder. The last twelfth of the images
     * becomes the validation set: of MNIST's 60,000 images 55,000 are trained on. The test images (t10k) are not used. Each
     * name may end in {@code .gz}, and may be spelled {@code train-images.idx3-ubyte}.
     *
     * @throws DataSetException if a file is missing or damaged, the two do not match, or there are fewer than two
     *     images
     * @throws IOException if reading fails for another reason
     */
    public static ImageSplit readFolder(Path folder) throws IOException {
        // finds both files before reading the first, so that a missing file is reported at once
        Path images = find(folder, "train-images", "idx3-ubyte");
        Path labels = find(folder, "train-labels", "idx1-ubyte");
        ImageSet set = read(images, labels);
        if (set.size() < 2) {
            throw new DataSetException(
                    images + ": must hold at least 2 images, as the last are held out for validation." + " Found: "
                            + set.size() + ". Use the whole data set.");
        }
        return set.holdOutLast(HELD_OUT_PART);
    }

    /** Whether the folder contains at least one of the two files. */
    static boolean recognises(Path folder) {
        return Stream.concat(names("train-images", "idx3-ubyte").stream(), names("train-labels", "idx1-ubyte").stream())
                .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /**
     * Reads one file of images and the file of their labels.
     *
     * @throws DataSetException if a file is missing or damaged, the two have different counts, or a label is above 9
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
        List<String> names = names(content, type);
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

    private static List<String> names(String content, String type) {
        return List.of(
                content + "-" + type, content + "-" + type + ".gz", content + "." + type, content + "." + type + ".gz");
    }
}
