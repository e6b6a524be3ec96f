package io.lossledger.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads the training images of CIFAR-10 in its binary version: files of 3073-byte records, a label and then 1024 red, 1024
 * green and 1024 blue values, row by row.
 *
 * <p>Memory: all files once, and one file a second time while it is read. Thread-safe: there is no state.
 *
 * <p>Source: Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; the data set's page.
 */
public final class CifarReader {

    private static final int CLASSES = 10;
    private static final int CHANNELS = 3;
    private static final int SIDE = 32;
    private static final int PIXELS = CHANNELS * SIDE * SIDE;
    private static final int RECORD_BYTES = 1 + PIXELS;
    private static final int MAX_IMAGES = Integer.MAX_VALUE / PIXELS;
    private static final int HELD_OUT_PART = 10;
    private static final String SUB_FOLDER = "cifar-10-batches-bin";
    private static final List<String> FILES = IntStream.rangeClosed(1, 5)
            .mapToObj(batch -> "data_batch_" + batch + ".bin")
            .toList();

    private CifarReader() {}

    /**
     * Reads {@code data_batch_1.bin} to {@code data_batch_5.bin} of a folder, or of its sub-folder
     * {@code cifar-10-batches-bin}. The last tenth of the images becomes the validation set: of CIFAR-10's 50,000 images
     * 45,000 are trained on. The test images are not used.
     *
     * @throws DataSetException if a file is missing or does not consist of whole records, a label is above 9, or there are
     *     fewer than two images
     * @throws IOException if reading fails for another reason
     */
    public static ImageSplit readFolder(Path folder) throws IOException {
        Path place = holdsAny(folder.resolve(SUB_FOLDER)) ? folder.resolve(SUB_FOLDER) : folder;
        // checks all files before reading the first, so that a missing or truncated file is reported at once
        long images = 0;
        for (String name : FILES) {
            images += records(place.resolve(name));
        }
        if (images < 2 || images > MAX_IMAGES) {
            throw new DataSetException(place + ": must hold from 2 to " + MAX_IMAGES + " images. Found: " + images
                    + ". Extract cifar-10-binary.tar.gz again.");
        }
        byte[] pixels = new byte[(int) images * PIXELS];
        byte[] labels = new byte[(int) images];
        int next = 0;
        for (String name : FILES) {
            next = read(place.resolve(name), pixels, labels, next);
        }
        return ImageSet.owning(pixels, labels, CHANNELS, SIDE, SIDE, CLASSES).holdOutLast(HELD_OUT_PART);
    }

    /** Whether the folder or its sub-folder contains at least one of the files. */
    static boolean recognises(Path folder) {
        return holdsAny(folder) || holdsAny(folder.resolve(SUB_FOLDER));
    }

    private static boolean holdsAny(Path folder) {
        return FILES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    private static long records(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DataSetException(file + ": must be a file of CIFAR-10's binary version. Found: no such file."
                    + " Extract cifar-10-binary.tar.gz into this folder.");
        }
        long bytes = Files.size(file);
        if (bytes == 0 || bytes % RECORD_BYTES != 0) {
            throw new DataSetException(file + ": must consist of records of " + RECORD_BYTES + " bytes. Found: " + bytes
                    + " bytes, so the file is truncated or not a CIFAR-10 file. Extract cifar-10-binary.tar.gz again.");
        }
        return bytes / RECORD_BYTES;
    }

    /** Appends the images of a file at {@code next}; returns the position for the next file. */
    private static int read(Path file, byte[] pixels, byte[] labels, int next) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int index = next;
        for (int start = 0; start < bytes.length; start += RECORD_BYTES) {
            int label = Byte.toUnsignedInt(bytes[start]);
            if (label >= CLASSES) {
                throw new DataSetException(file + ": must hold labels within 0.." + (CLASSES - 1) + ". Found: " + label
                        + " at record " + start / RECORD_BYTES
                        + ". Use CIFAR-10's binary version, not CIFAR-100's or Python's.");
            }
            labels[index] = (byte) label;
            System.arraycopy(bytes, start + 1, pixels, index * PIXELS, PIXELS);
            index++;
        }
        return index;
    }
}
