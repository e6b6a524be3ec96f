package io.lossledger.trainer;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.trajectory.DeclaredObjective;
import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The objectives that a user chooses by name: {@code train}, {@code validation}, {@code class=K} (the images of class K
 * in the train objective, weighted by their share), {@code classes} (every class), {@code sampled} (the train loss,
 * estimated on a new sample of images in each step). Immutable.
 */
public final class ObjectiveChoice {
    public static final String TRAIN = "train";
    private static final String VALIDATION = "validation";
    private static final String CLASSES = "classes";
    private static final String SAMPLED = "sampled";
    private static final Pattern CLASS = Pattern.compile("class=(0|[1-9]\\d{0,2})");
    private final List<String> names;

    /** @throws IllegalArgumentException when a name is unknown or occurs twice */
    public ObjectiveChoice(List<String> names) {
        for (String name : names) {
            boolean known =
                    name.equals(TRAIN) || name.equals(VALIDATION) || name.equals(CLASSES) || name.equals(SAMPLED);
            if (!known && !CLASS.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "objective: must be train, validation, sampled, classes or class=K. Found: " + name);
            }
        }
        boolean everyClassAndOne = names.contains(CLASSES)
                && names.stream().anyMatch(name -> CLASS.matcher(name).matches());
        if (names.isEmpty() || names.stream().distinct().count() != names.size() || everyClassAndOne) {
            throw new IllegalArgumentException(
                    "objective: must name each objective once. Found: " + String.join(",", names));
        }
        this.names = List.copyOf(names);
    }

    /** The name of the first objective in the ledger. */
    public String first() {
        return names.get(0).equals(CLASSES) ? "class=0" : names.get(0);
    }

    /** The number of objectives over these data. */
    int count(TrainingSet data) {
        return names.size() + (names.contains(CLASSES) ? data.classes() - 1 : 0);
    }

    /** Whether one of them is estimated on samples. */
    boolean isSampled() {
        return names.contains(SAMPLED);
    }

    /**
     * Creates the objectives.
     *
     * @throws IllegalArgumentException when the data have no image of a requested class
     */
    public List<LedgerObjective> over(
            TrainingSet data, int objectiveSize, int sampleSize, long seed, EvaluationPool pool) {
        int[] sample = StratifiedSample.of(data.train(), objectiveSize, seed);
        List<LedgerObjective> objectives = new ArrayList<>();
        for (String name : names) {
            if (name.equals(SAMPLED)) {
                objectives.add(pool.sampled(SAMPLED, 1, source(data.train(), sampleSize, seed)));
            }
            for (FixedImages fixed : fixed(name, data, sample, seed)) {
                objectives.add(
                        pool.objective(fixed.name(), fixed.weight(), TrainingSet.rows(fixed.images(), fixed.rows())));
            }
        }
        return objectives;
    }

    /**
     * The same objectives for a run that is measured elsewhere.
     *
     * @throws IllegalArgumentException when the data have no image of a requested class
     */
    List<DeclaredObjective> declared(TrainingSet data, int objectiveSize, long seed) {
        int[] sample = StratifiedSample.of(data.train(), objectiveSize, seed);
        return names.stream()
                .flatMap(name -> fixed(name, data, sample, seed).stream())
                .map(fixed -> new DeclaredObjective(fixed.name(), fixed.weight(), fixed.rows().length))
                .toList();
    }

    /** The images of one objective, before they are copied. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record FixedImages(String name, double weight, ImageSet images, int[] rows) {}

    /** The objectives of a name: none for samples, several for classes. */
    private static List<FixedImages> fixed(String name, TrainingSet data, int[] sample, long seed) {
        Matcher one = CLASS.matcher(name);
        if (one.matches()) {
            return List.of(ofClass(Integer.parseInt(one.group(1)), data, sample));
        }
        return switch (name) {
            case TRAIN -> List.of(new FixedImages(TRAIN, 1, data.train(), sample));
            case VALIDATION ->
                List.of(new FixedImages(
                        VALIDATION, 1, data.validation(), StratifiedSample.of(data.validation(), 0, seed)));
            case CLASSES ->
                IntStream.range(0, data.classes())
                        .mapToObj(label -> ofClass(label, data, sample))
                        .toList();
            default -> List.of();
        };
    }

    /** Draws independent of those of the minibatches, which have the same seed. */
    public static SampleSource source(ImageSet images, int sampleSize, long seed) {
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        return SampleSource.stratified(
                labels, rows -> TrainingSet.rows(images, rows), new ImageExamples(images), sampleSize, ~seed);
    }

    private static FixedImages ofClass(int label, TrainingSet data, int[] sample) {
        int[] members = Arrays.stream(sample)
                .filter(index -> data.train().label(index) == label)
                .toArray();
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "objective: must have images in the train objective. Found: none of class=" + label);
        }
        return new FixedImages("class=" + label, (double) members.length / sample.length, data.train(), members);
    }
}
