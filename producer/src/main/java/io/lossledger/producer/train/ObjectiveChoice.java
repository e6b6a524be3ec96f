package io.lossledger.producer.train;

import io.lossledger.producer.Objective;
import io.lossledger.producer.dl4j.EvaluationPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The objectives that a user asks for by name: {@code train}, {@code validation}, {@code class=K} (the images of class K in
 * the train objective, weighted by their share), {@code classes} (every class). Immutable.
 */
public final class ObjectiveChoice {
    public static final String TRAIN = "train";
    private static final String VALIDATION = "validation";
    private static final String CLASSES = "classes";
    private static final Pattern CLASS = Pattern.compile("class=(0|[1-9]\\d{0,2})");
    /** Large enough for the matrix products to run at speed, small enough to share between threads. */
    static final int CHUNK_EXAMPLES = 500;

    private final List<String> names;

    /** @throws IllegalArgumentException when a name is unknown or stands twice */
    public ObjectiveChoice(List<String> names) {
        for (String name : names) {
            boolean known = name.equals(TRAIN) || name.equals(VALIDATION) || name.equals(CLASSES);
            if (!known && !CLASS.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "objective: must be train, validation, classes or class=K. Found: " + name);
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

    /** @throws IllegalArgumentException when the data has no image of a class asked for */
    List<Objective> over(TrainingSet data, int objectiveSize, long seed, EvaluationPool pool) {
        int[] sample = StratifiedSample.of(data.train(), objectiveSize, seed);
        List<Objective> objectives = new ArrayList<>();
        for (String name : names) {
            Matcher one = CLASS.matcher(name);
            if (name.equals(TRAIN)) {
                objectives.add(pool.objective(TRAIN, 1, TrainingSet.rows(data.train(), sample), CHUNK_EXAMPLES));
            } else if (name.equals(VALIDATION)) {
                int[] all = StratifiedSample.of(data.validation(), 0, seed);
                DataSet rows = TrainingSet.rows(data.validation(), all);
                objectives.add(pool.objective(VALIDATION, 1, rows, CHUNK_EXAMPLES));
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

    private static Objective classObjective(int label, TrainingSet data, int[] sample, EvaluationPool pool) {
        int[] members = Arrays.stream(sample)
                .filter(index -> data.train().label(index) == label)
                .toArray();
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "objective: must have images in the train objective. Found: none of class=" + label);
        }
        double weight = (double) members.length / sample.length;
        return pool.objective("class=" + label, weight, TrainingSet.rows(data.train(), members), CHUNK_EXAMPLES);
    }
}
