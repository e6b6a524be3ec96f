package io.lossledger.trainer;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.measure.Objective;
import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;

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
            Matcher one = CLASS.matcher(name);
            if (name.equals(TRAIN)) {
                objectives.add(pool.objective(TRAIN, 1, TrainingSet.rows(data.train(), sample)));
            } else if (name.equals(VALIDATION)) {
                int[] all = StratifiedSample.of(data.validation(), 0, seed);
                DataSet rows = TrainingSet.rows(data.validation(), all);
                objectives.add(pool.objective(VALIDATION, 1, rows));
            } else if (name.equals(SAMPLED)) {
                objectives.add(pool.sampled(SAMPLED, 1, source(data.train(), sampleSize, seed)));
            } else if (one.matches()) {
                objectives.add(classObjective(Integer.parseInt(one.group(1)), data, sample, pool));
            } else {
                for (int label = 0; label < data.classes(); label++) {
                    objectives.add(classObjective(label, data, sample, pool));
                }
            }
        }
        return objectives;
    }

    /** Draws independent of those of the minibatches, which have the same seed. */
    public static SampleSource source(ImageSet images, int sampleSize, long seed) {
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        return SampleSource.stratified(labels, rows -> TrainingSet.rows(images, rows), sampleSize, ~seed);
    }

    private static Objective classObjective(int label, TrainingSet data, int[] sample, EvaluationPool pool) {
        int[] members = Arrays.stream(sample)
                .filter(index -> data.train().label(index) == label)
                .toArray();
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "objective: must have images in the train objective. Found: none of class=" + label);
        }
        double weight = (double) members.length / sample.length;
        return pool.objective("class=" + label, weight, TrainingSet.rows(data.train(), members));
    }
}
