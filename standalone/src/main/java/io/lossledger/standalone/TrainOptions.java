package io.lossledger.standalone;

import io.lossledger.producer.train.ObjectiveChoice;
import io.lossledger.producer.train.TrainSettings;
import io.lossledger.protocol.v1.ElementType;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What to train and how to measure it. */
final class TrainOptions {
    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(
            names = "--run",
            paramLabel = "ID",
            description = "Name of the run, new in this Kafka. Default: the network and the time")
    @Nullable
    String run;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_STEPS,
            description = "Optimizer steps. Default: ${DEFAULT-VALUE}")
    int steps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_SEED,
            description = "Seed of initialisation, shuffling and generated images. Default: ${DEFAULT-VALUE}")
    long seed;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_BATCH_SIZE,
            description = "Images in a minibatch. Default: ${DEFAULT-VALUE}")
    int batchSize;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {
                "Folder with IDX files (MNIST, Fashion-MNIST; plain or gz) or CIFAR-10's binary files; the last training",
                "images become the validation set. Default: generated digits for mnist-*, coloured shapes for cifar-*"
            })
    @Nullable
    Path data;

    @Option(
            names = "--objective",
            paramLabel = "NAME",
            split = ",",
            defaultValue = ObjectiveChoice.TRAIN,
            description = "Losses to measure: train, validation, class=K, classes. Default: ${DEFAULT-VALUE}")
    List<String> objectives = List.of(ObjectiveChoice.TRAIN);

    @Option(
            names = "--every",
            paramLabel = "K",
            defaultValue = "1",
            description = "Measure the chord over K steps at a time. Default: ${DEFAULT-VALUE}")
    int every = 1;

    @Option(
            names = "--objective-size",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Take the train loss over a stratified sample of N images; 0: over all. Default: ${DEFAULT-VALUE}")
    int objectiveSize;

    @Option(names = "--float64", description = "Evaluate losses and gradients in float64; training stays in float32.")
    boolean float64;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that evaluate the objective. Default: one for each processor")
    @Nullable
    Integer threads;

    TrainSettings settings() {
        return new TrainSettings(
                run == null
                        ? model.network + "-"
                                + LocalDateTime.now(ZoneId.systemDefault())
                                        .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"))
                        : run,
                steps,
                seed,
                model.settings(),
                batchSize,
                Optional.ofNullable(data),
                new ObjectiveChoice(objectives),
                objectiveSize,
                every,
                float64 ? ElementType.ELEMENT_TYPE_FLOAT64 : ElementType.ELEMENT_TYPE_FLOAT32,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads);
    }
}
