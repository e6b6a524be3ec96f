package io.lossledger.standalone.options;

import io.lossledger.standalone.terminal.UserException;
import io.lossledger.trainer.LayerSettings;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Preset;
import io.lossledger.trainer.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Which network to train and how to move its parameters. */
@OptionGroup("Network and optimizer")
final class ModelOptions {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "mnist-fc",
            converter = NetworkName.class,
            description =
                    "Network to train: mnist-fc, mnist-lenet, cifar-resnet20 or cifar-allcnn. Default: ${DEFAULT-VALUE}")
    Preset network = ModelSettings.DEFAULT_NETWORK;

    @Option(
            names = "--hidden",
            paramLabel = "N,N",
            split = ",",
            description = "Units of the two hidden layers of mnist-fc. Default: 100,50")
    List<Integer> hidden = ModelSettings.DEFAULT_HIDDEN;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "sgd",
            converter = OptimizerName.class,
            description = "Optimizer: sgd, momentum, rmsprop or adam. Default: ${DEFAULT-VALUE}")
    Optimizer optimizer = ModelSettings.DEFAULT_OPTIMIZER;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "Learning rate of the first step. Default: depends on the network and optimizer; 0.05 for mnist-fc with sgd")
    @Nullable
    Double learningRate;

    @Option(
            names = "--momentum",
            paramLabel = "X",
            description = "Nesterov momentum of --optimizer momentum. Default: " + ModelSettings.DEFAULT_MOMENTUM)
    @Nullable
    Double momentum;

    @Option(
            names = "--l2",
            paramLabel = "X",
            defaultValue = "0",
            description =
                    "Adds X/2 times the squared weights to the training loss, but not to the measured loss. Default: ${DEFAULT-VALUE}")
    double l2;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0",
            description = "Shrinks the weights by X times the learning rate in every step. Default: ${DEFAULT-VALUE}")
    double weightDecay;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            defaultValue = "constant",
            description = {
                "How the learning rate changes, one of:",
                "constant;",
                "step:FACTOR@STEP[,FACTOR@STEP...], FACTOR times --learning-rate from STEP on;",
                "exponential:GAMMA, multiplied by GAMMA in every step;",
                "cosine:STEPS, half a cosine wave, reaching 0 at STEPS.",
                "Default: ${DEFAULT-VALUE}"
            })
    String schedule = "constant";

    @Option(
            names = "--layer",
            paramLabel = "NAME:HOW",
            description = {
                "Trains one layer differently; may be repeated. HOW is frozen, or lr=FACTOR (times the learning rate)"
                        + " and/or momentum=X.",
                "Example: output:lr=0.1,momentum=0.5."
            })
    List<String> layers = List.of();

    ModelSettings settings() {
        if (momentum != null && optimizer != Optimizer.MOMENTUM) {
            throw new UserException("--momentum: must not be set unless --optimizer is momentum. Found: " + momentum);
        }
        return new ModelSettings(
                network,
                optimizer,
                learningRate == null ? network.defaultLearningRate(optimizer) : learningRate,
                momentum == null ? ModelSettings.DEFAULT_MOMENTUM : momentum,
                l2,
                weightDecay,
                Schedule.parse(schedule),
                layers.stream().map(LayerSettings::parse).toList(),
                hidden);
    }

    /** Picocli's own conversion would offer the constants' names in Java too. */
    private static final class NetworkName implements ITypeConverter<Preset> {
        @Override
        public Preset convert(String name) {
            return ConstantNames.find(Preset.values(), name);
        }
    }

    private static final class OptimizerName implements ITypeConverter<Optimizer> {
        @Override
        public Optimizer convert(String name) {
            return ConstantNames.find(Optimizer.values(), name);
        }
    }
}
