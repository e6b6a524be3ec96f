package io.lossledger.standalone.options;

import io.lossledger.trainer.ObjectiveChoice;
import io.lossledger.trainer.TrainSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What to train and how to measure it. */
@OptionGroup("Training")
public final class TrainOptions {
    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(
            names = "--run",
            paramLabel = "ID",
            description =
                    "Name of the run, which must be new in this Kafka. Default: network, time and a random number")
    @Nullable
    String run;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "" + TrainSettings.DEFAULT_STEPS,
            description = "Number of optimizer steps. Default: ${DEFAULT-VALUE}")
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
            description = "Images in each minibatch. Default: ${DEFAULT-VALUE}")
    int batchSize;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with IDX files (MNIST, Fashion-MNIST; plain or gz) or CIFAR-10's binary files. The last training"
                            + " images become the validation set. Default: generated digits for mnist-*, coloured shapes for cifar-*")
    @Nullable
    Path data;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Saves network and optimizer when the training ends; --resume continues from there.")
    @Nullable
    Path save;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description =
                    "Continues the training that wrote this file; the new run names it as its parent. Data, seed and batch"
                            + " size must be the same; rates may differ.")
    @Nullable
    Path resume;

    @Mixin
    public MeasureOptions measuring = new MeasureOptions();

    /** Trainers that start in the same second get different names. */
    private String newRun() {
        return String.format(
                Locale.ROOT,
                "%s-%s-%04x",
                model.network,
                LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")),
                new SecureRandom().nextInt(1 << 16));
    }

    public TrainSettings settings() {
        return new TrainSettings(
                run == null ? newRun() : run,
                steps,
                seed,
                model.settings(),
                batchSize,
                Optional.ofNullable(data),
                Optional.ofNullable(resume),
                Optional.ofNullable(save),
                new ObjectiveChoice(measuring.objectives),
                measuring.objectiveSize,
                measuring.sampleSize,
                measuring.chunkExamples == null ? model.network.defaultChunkExamples() : measuring.chunkExamples,
                measuring.parts,
                measuring.measure(),
                measuring.recording(0),
                measuring.evaluating.threads(),
                measuring.evaluating.evaluator,
                measuring.evaluating.verify,
                false);
    }
}
