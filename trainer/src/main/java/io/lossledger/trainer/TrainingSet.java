package io.lossledger.trainer;

import io.lossledger.trainer.data.DataFolder;
import io.lossledger.trainer.data.ImageSet;
import io.lossledger.trainer.data.ImageSplit;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The training images as ND4J arrays, and the order in which minibatches are drawn: each epoch is a new permutation,
 * derived from the seed, and an incomplete last minibatch of an epoch is skipped. Not thread-safe.
 */
public final class TrainingSet {
    private final String name;
    private final ImageSet images;
    private final ImageSet validation;
    private final int batchSize;
    private final SplittableRandom random;
    private final int[] order;
    private int next;

    private TrainingSet(String name, ImageSplit split, int batchSize, long seed) {
        this.name = name;
        this.images = split.train();
        this.validation = split.validation();
        this.batchSize = Math.min(batchSize, images.size());
        this.random = new SplittableRandom(seed);
        this.order = new int[images.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        this.next = order.length;
    }

    /**
     * Reads or generates the images.
     *
     * @param folder IDX or CIFAR-10 files; empty for images generated for the network
     * @throws IOException when the folder contains no data set; the message says what is wrong
     */
    public static TrainingSet load(Optional<Path> folder, Preset network, int batchSize, long seed) throws IOException {
        if (folder.isPresent()) {
            String name = String.valueOf(folder.get().getFileName());
            return new TrainingSet(name, DataFolder.read(folder.get()), batchSize, seed);
        }
        return new TrainingSet(network.generatedName(), network.generate(seed), batchSize, seed);
    }

    /** Generates this many images for the network, at least 1. */
    public static TrainingSet generated(Preset network, int images, long seed) {
        return new TrainingSet(network.generatedName(), network.generate(seed, images), images, seed);
    }

    public static TrainingSet load(TrainSettings settings) throws IOException {
        return load(settings.data(), settings.model().network(), settings.batchSize(), settings.seed());
    }

    String name() {
        return name;
    }

    /**
     * What tells these data from others: {@code sha256:} and the hash of the images to train on and to validate with, as 64
     * hexadecimal digits.
     */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            images.addTo(digest);
            validation.addTo(digest);
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    int classes() {
        return images.classes();
    }

    /** The next minibatch. */
    public DataSet nextBatch() {
        advance();
        int[] rows = new int[batchSize];
        System.arraycopy(order, next - batchSize, rows, 0, batchSize);
        return rows(images, rows);
    }

    /** Continues as if this many minibatches had been drawn, for a resumed training. */
    void skip(int batches) {
        for (int i = 0; i < batches; i++) {
            advance();
        }
    }

    /** Moves {@code next} to the position after a minibatch. */
    private void advance() {
        if (next + batchSize > order.length) {
            shuffle();
            next = 0;
        }
        next += batchSize;
    }

    public ImageSet train() {
        return images;
    }

    ImageSet validation() {
        return validation;
    }

    private void shuffle() {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }

    /** The images with these indices, scaled to 0..1, shape [rows, pixels], and their labels as one-hot rows. */
    public static DataSet rows(ImageSet images, int[] rows) {
        int pixels = images.pixelsPerImage();
        ImageExamples examples = new ImageExamples(images);
        float[] features = new float[Math.multiplyExact(rows.length, pixels)];
        float[] labels = new float[rows.length * images.classes()];
        for (int i = 0; i < rows.length; i++) {
            examples.readFeatures(rows[i], features, i * pixels);
            examples.readLabels(rows[i], labels, i * images.classes());
        }
        return new DataSet(
                Nd4j.createFromArray(features).reshape(rows.length, pixels),
                Nd4j.createFromArray(labels).reshape(rows.length, images.classes()));
    }
}
