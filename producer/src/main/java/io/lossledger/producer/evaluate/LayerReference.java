package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.PlacedLayer;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What DL4J's layers compute in float64 on a few examples: the reference for the checks of evaluators at attach. It is
 * evaluated near the network's parameters, not at them, because biases of zero put a ReLU on its kink wherever the
 * input is padding. Memory: a network and some vectors in float64. Used by one thread.
 */
final class LayerReference implements AutoCloseable {
    /** How far parameters are moved, as a share of the typical size in their tensor. */
    private static final double JITTER = 0.01;
    /** The typical size assumed for a tensor of zeros, such as biases before training. */
    private static final double LEAST_USUAL = 0.01;

    private final LayerEvaluator layers;
    private final PreparedData prepared;
    private final Batch sample;
    private final List<TensorLayout> tensors;
    private final Set<String> frozenLayers;
    private final double[] point;
    private final Evaluation evaluation;

    /**
     * Evaluates once.
     *
     * @throws RuntimeException when DL4J cannot evaluate the network in float64
     */
    LayerReference(Model network, Batch sample) {
        this.sample = sample;
        this.tensors = NetworkLayout.of(network).tensors();
        this.frozenLayers = PlacedLayer.of(network).stream()
                .filter(PlacedLayer::frozen)
                .map(PlacedLayer::name)
                .collect(Collectors.toSet());
        this.point = near(FlatArrays.toDoubles(network.params()), tensors);
        this.layers = new LayerEvaluator(network, 1, ElementType.ELEMENT_TYPE_FLOAT64);
        try {
            this.prepared = layers.prepare(sample.in(DataType.DOUBLE), sample.examples());
            this.evaluation = layers.evaluate(prepared, FlatVector.of(point));
        } catch (RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    Batch sample() {
        return sample;
    }

    /** The booked tensors. */
    List<TensorLayout> tensors() {
        return tensors;
    }

    /** Whether training leaves the tensor unchanged, so that DL4J computes no gradient for it. */
    boolean isFrozen(TensorLayout tensor) {
        return frozenLayers.contains(tensor.layer());
    }

    /** The parameters, which float32 can represent too. */
    double[] point() {
        return point;
    }

    /** The mean loss and its gradient at these parameters. */
    Evaluation evaluation() {
        return evaluation;
    }

    /** The mean loss at other parameters. */
    double loss(double[] parameters) {
        return layers.evaluate(prepared, FlatVector.of(parameters)).loss();
    }

    @Override
    public void close() {
        prepared.close();
        layers.close();
    }

    private static double[] near(double[] parameters, List<TensorLayout> tensors) {
        Random random = new Random(1);
        double[] near = parameters.clone();
        for (TensorLayout tensor : tensors) {
            double squares = 0;
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                squares += parameters[i] * parameters[i];
            }
            double usual = Math.max(LEAST_USUAL, Math.sqrt(squares / tensor.count()));
            for (int i = tensor.offset(); i < tensor.offset() + tensor.count(); i++) {
                near[i] = (float) (parameters[i] + JITTER * usual * random.nextGaussian());
            }
        }
        return near;
    }
}
