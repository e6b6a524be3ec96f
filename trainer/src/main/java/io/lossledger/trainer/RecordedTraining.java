package io.lossledger.trainer;

import io.lossledger.producer.dl4j.RecordedMeasure;
import io.lossledger.producer.dl4j.RecordedNetworks;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.producer.worker.RunMeasurer;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Measures trainings that {@code lossledger train --record} recorded: on the same images, in the objectives that the run
 * declares, or in others as another run.
 *
 * @param data folder of the images; empty for images generated for the network
 * @param question what is asked as another run; empty: what the recorded run declares
 * @param threads threads that evaluate, at least 1
 * @param evaluator what evaluates losses and gradients
 * @param verifyEvaluator whether gradients are checked first
 * @param form what the updates contain
 */
public record RecordedTraining(
        Optional<Path> data,
        Optional<Question> question,
        int threads,
        EvaluatorChoice evaluator,
        boolean verifyEvaluator,
        UpdateForm form) {

    /** @throws IllegalArgumentException when there is no thread */
    public RecordedTraining {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + threads);
        }
    }

    /**
     * What another run asks of a recorded trajectory.
     *
     * @param as id of that run
     * @param objectives its objectives; empty: those of the recorded run
     * @param measure changes how the recorded run is measured
     */
    public record Question(String as, Optional<ObjectiveChoice> objectives, UnaryOperator<MeasureSettings> measure) {}

    /**
     * Opens the measurer of a recorded run.
     *
     * @throws IllegalArgumentException when the run cannot be measured here; the message says why
     */
    public RunMeasurer open(RunManifest recorded) {
        TrainingSet images = images(recorded);
        RecordedNetworks networks = new RecordedNetworks()
                .threads(threads)
                .evaluator(evaluator, verifyEvaluator)
                .form(form)
                .dataFingerprint(images.fingerprint());
        ObjectiveChoice choice = question.flatMap(Question::objectives).orElseGet(() -> declared(recorded));
        int size = recorded.getTrajectory().getObjectiveExamples();
        networks.objectives(pool -> choice.over(images, size, 0, recorded.getSeed(), pool));
        question.ifPresent(
                asked -> networks.as(asked.as()).measure(asked.measure().apply(RecordedMeasure.of(recorded))));
        return networks.open(recorded);
    }

    private static ObjectiveChoice declared(RunManifest recorded) {
        List<String> names = recorded.getObjectivesList().stream()
                .map(ObjectiveManifest::getName)
                .toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "objective: must be given, with --as, for a run that declares none. Found: " + recorded.getRun());
        }
        return new ObjectiveChoice(names);
    }

    private TrainingSet images(RunManifest recorded) {
        try {
            int batch = Math.max(1, recorded.getBatchSize());
            for (Preset preset : Preset.values()) {
                if (data.isEmpty() && preset.generatedName().equals(recorded.getDataSet())) {
                    return TrainingSet.load(data, preset, batch, recorded.getSeed());
                }
            }
            if (data.isEmpty()) {
                throw new IllegalArgumentException("--data: must be the folder of the images that run "
                        + recorded.getRun() + " was trained on, " + recorded.getDataSet() + ". Found: none");
            }
            return TrainingSet.load(data, Preset.MNIST_FC, batch, recorded.getSeed());
        } catch (IOException e) {
            throw new IllegalArgumentException("--data: must be readable. Found: " + e.getMessage(), e);
        }
    }
}
