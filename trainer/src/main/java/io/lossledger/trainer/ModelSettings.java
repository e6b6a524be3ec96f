package io.lossledger.trainer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which network to train and how to update its parameters. Immutable.
 *
 * @param network the network
 * @param optimizer the optimizer
 * @param learningRate its learning rate at the first step, above 0
 * @param momentum from 0 to below 1; used by {@link Optimizer#MOMENTUM} only
 * @param l2 adds ½·l2·‖W‖² to the training loss, not to the measured one; at least 0. Excludes biases and batch norm
 * @param weightDecay shrinks the weights by weightDecay times the learning rate at every step; at least 0, and 0 with
 *     l2
 * @param schedule how the learning rate changes over the steps
 * @param layers what differs from layer to layer
 * @param hidden units of the two hidden layers of {@link Preset#MNIST_FC}; other networks have their own
 */
public record ModelSettings(
        Preset network,
        Optimizer optimizer,
        double learningRate,
        double momentum,
        double l2,
        double weightDecay,
        Schedule schedule,
        List<LayerSettings> layers,
        List<Integer> hidden) {

    /** The hidden layers of the paper's network. */
    public static final List<Integer> DEFAULT_HIDDEN = List.of(100, 50);

    public static final Preset DEFAULT_NETWORK = Preset.MNIST_FC;
    public static final Optimizer DEFAULT_OPTIMIZER = Optimizer.SGD;
    public static final double DEFAULT_MOMENTUM = 0.9;

    /** @throws IllegalArgumentException when a value is out of range or does not fit another; the message names it */
    public ModelSettings {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learning-rate: must be above 0. Found: " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum: must be from 0 to below 1. Found: " + momentum);
        }
        requireAtLeast0("l2", l2);
        requireAtLeast0("weight-decay", weightDecay);
        if (l2 > 0 && weightDecay > 0) {
            throw new IllegalArgumentException("weight-decay: must be 0 when l2 is not. Found: " + weightDecay);
        }
        layers = List.copyOf(layers);
        requireLayers(network, optimizer, layers);
        hidden = List.copyOf(hidden);
        if (hidden.size() != DEFAULT_HIDDEN.size() || hidden.stream().anyMatch(units -> units < 1)) {
            throw new IllegalArgumentException(
                    "hidden: must be two numbers of units, each at least 1. Found: " + hidden);
        }
        if (network != Preset.MNIST_FC && !hidden.equals(DEFAULT_HIDDEN)) {
            throw new IllegalArgumentException("hidden: must only be set for mnist-fc. Found: " + network);
        }
    }

    /** With the hidden layers of the paper's network. */
    public ModelSettings(
            Preset network,
            Optimizer optimizer,
            double learningRate,
            double momentum,
            double l2,
            double weightDecay,
            Schedule schedule,
            List<LayerSettings> layers) {
        this(network, optimizer, learningRate, momentum, l2, weightDecay, schedule, layers, DEFAULT_HIDDEN);
    }

    /** The defaults of a network and an optimizer. */
    public static ModelSettings of(Preset network, Optimizer optimizer) {
        return new ModelSettings(
                network,
                optimizer,
                network.defaultLearningRate(optimizer),
                DEFAULT_MOMENTUM,
                0,
                0,
                Schedule.CONSTANT,
                List.of());
    }

    /** The optimizer and all settings that differ from the defaults, in one line for the run's manifest. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(optimizer).append("(learning-rate=").append(learningRate);
        if (optimizer == Optimizer.MOMENTUM) {
            text.append(",momentum=").append(momentum);
        }
        if (l2 > 0) {
            text.append(",l2=").append(l2);
        }
        if (weightDecay > 0) {
            text.append(",weight-decay=").append(weightDecay);
        }
        if (!schedule.equals(Schedule.CONSTANT)) {
            text.append(",schedule=").append(schedule);
        }
        for (LayerSettings layer : layers) {
            text.append(",layer=").append(layer);
        }
        return text.append(')').toString();
    }

    private static void requireLayers(Preset network, Optimizer optimizer, List<LayerSettings> layers) {
        Set<String> seen = new HashSet<>();
        for (LayerSettings layer : layers) {
            if (!network.layers().contains(layer.layer())) {
                throw new IllegalArgumentException("layer: must be one of " + String.join(", ", network.layers())
                        + " in " + network + ". Found: " + layer.layer());
            }
            if (!seen.add(layer.layer())) {
                throw new IllegalArgumentException("layer: must name each layer once. Found: " + layer.layer());
            }
            if (layer.momentum().isPresent() && optimizer != Optimizer.MOMENTUM) {
                throw new IllegalArgumentException(
                        "layer: must not set momentum unless optimizer is momentum. Found: " + layer);
            }
        }
    }

    private static void requireAtLeast0(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + ": must be at least 0. Found: " + value);
        }
    }
}
