package io.lossledger.producer.dl4j;

import io.lossledger.producer.SegmentWork;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.StepFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * Networks that DL4J's {@code ModelSerializer} saved during a training, in the order of their iteration counts: a trajectory of
 * chords. Immutable.
 *
 * @param files the files, in order, at least two
 * @param firstStep iteration count of the first network, or 0 when the counts are not evenly spaced
 * @param every iterations between two networks, or 1 when the counts are not evenly spaced
 */
public record Checkpoints(List<Path> files, int firstStep, int every) {
    private static final String CONFIGURATION = "configuration.json";
    private static final String SUFFIX = ".zip";

    public Checkpoints {
        files = List.copyOf(files);
    }

    /** A file and what its network has been trained for. */
    private record Saved(Path file, int iterations) {}

    /**
     * Finds the networks of a folder: its files whose names end in {@code .zip}.
     *
     * @throws IOException when the folder or a file cannot be read
     * @throws IllegalArgumentException when a file holds no network, or there are fewer than two
     */
    public static Checkpoints in(Path folder) throws IOException {
        List<Saved> saved = new ArrayList<>();
        for (Path file : zips(folder)) {
            saved.add(new Saved(file, iterations(load(file))));
        }
        if (saved.size() < 2) {
            throw new IllegalArgumentException("checkpoints: must be a folder with at least two saved networks, "
                    + SUFFIX + " files of DL4J's ModelSerializer. Found: " + saved.size() + " in " + folder);
        }
        saved.sort(Comparator.comparingInt(Saved::iterations).thenComparing(Saved::file));
        int first = saved.get(0).iterations();
        int every = saved.get(1).iterations() - first;
        boolean even = every > 0;
        for (int i = 1; i < saved.size(); i++) {
            even &= saved.get(i).iterations() - saved.get(i - 1).iterations() == every;
        }
        List<Path> files = saved.stream().map(Saved::file).toList();
        return even ? new Checkpoints(files, first, every) : new Checkpoints(files, 0, 1);
    }

    private static List<Path> zips(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("checkpoints: must be a folder. Found: " + folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** The step that starts at the parameters of a network. */
    int step(int index) {
        return firstStep + index * every;
    }

    /**
     * Hands over the chord from each network to the next.
     *
     * @throws IOException when a file cannot be read
     * @throws IllegalArgumentException when the networks differ
     */
    void sendTo(SegmentWork work) throws IOException {
        FlatVector start = FlatArrays.copy(load(files.get(0)).params());
        for (int i = 1; i < files.size(); i++) {
            Path file = files.get(i);
            FlatVector end = FlatArrays.copy(load(file).params());
            if (end.length() != start.length() || end.elementType() != start.elementType()) {
                throw new IllegalArgumentException("checkpoints: must all be of one network, with " + start.length()
                        + " parameters in " + start.elementType() + ". Found: " + file + " with " + end.length()
                        + " in "
                        + end.elementType());
            }
            StepFacts facts = StepFacts.newBuilder()
                    .setTime(Timestamps.fromMillis(
                            Files.getLastModifiedTime(file).toMillis()))
                    .build();
            work.take(new TrainedSegment(step(i) - 1, every, start, end, Map.of(), facts, i == 1));
            start = end;
        }
    }

    /**
     * Loads one network, without the state of its optimizer.
     *
     * @throws IllegalArgumentException when the file holds no network that can be created here
     */
    static Model load(Path file) throws IOException {
        try {
            return isGraph(file)
                    ? ModelSerializer.restoreComputationGraph(file.toFile(), false)
                    : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalArgumentException(
                    "checkpoints: must be networks that DL4J's ModelSerializer has saved, of classes that are on the class"
                            + " path here. Found: " + file + ", " + e.getMessage(),
                    e);
        }
    }

    private static boolean isGraph(Path file) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(file)) {
            Path configuration = zip.getPath(CONFIGURATION);
            if (!Files.isRegularFile(configuration)) {
                throw new IllegalArgumentException("no " + CONFIGURATION);
            }
            return Files.readString(configuration, StandardCharsets.UTF_8).contains("\"networkInputs\"");
        }
    }

    private static int iterations(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getConfiguration().getIterationCount()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getIterationCount();
    }
}
