package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.EXAMPLES;
import static io.lossledger.producer.evaluate.KindNetworks.data;
import static io.lossledger.producer.evaluate.KindNetworks.dense;
import static io.lossledger.producer.evaluate.KindNetworks.labels;
import static io.lossledger.producer.evaluate.KindNetworks.layers;
import static io.lossledger.producer.evaluate.KindNetworks.network;
import static io.lossledger.producer.evaluate.KindNetworks.norm;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.random;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Small float64 networks that have a plan, with data for them: those of vectors, and all others. */
final class PlanCases {
    private static final InputType INPUT = InputType.feedForward(3);

    private PlanCases() {}

    static List<NetworkCase> all() {
        List<NetworkCase> cases = new ArrayList<>(vectors());
        cases.addAll(PlanWindowCases.all());
        cases.addAll(PlanImageCases.all());
        return cases;
    }

    private static List<NetworkCase> vectors() {
        List<NetworkCase> cases = new ArrayList<>();
        for (Activation activation :
                List.of(Activation.IDENTITY, Activation.RELU, Activation.LEAKYRELU, Activation.SIGMOID)) {
            cases.add(layers("dense, " + activation, INPUT, activated(activation), output()));
            cases.add(layers("squared error, " + activation, INPUT, activated(activation), squared(activation)));
        }
        cases.add(
                layers("activation layer", INPUT, linear(4), new ActivationLayer(new ActivationLReLU(0.2)), output()));
        cases.add(layers("randomised slope", INPUT, activated(Activation.RRELU), output()));
        cases.add(layers("dropout", INPUT, dense(4).dropOut(0.5).l2(0.1).build(), new DropoutLayer(0.5), output()));
        cases.add(layers("softmax without bias", INPUT, dense(4).build(), withoutBias()));
        cases.add(layers("log likelihood", INPUT, dense(4).build(), likelihood()));
        cases.add(layers("two norms", INPUT, norm().eps(0.3).build(), linear(4), norm().build(), output()));
        cases.add(layers("norm before the loss", INPUT, linear(CLASSES), norm().build(), softmax()));
        cases.add(layers("mean of squares", INPUT, linear(CLASSES), loss(LossFunction.MSE, Activation.TANH)));
        cases.add(layers("sum of squares", INPUT, linear(CLASSES), loss(LossFunction.L2, Activation.SIGMOID)));
        cases.add(unevenLabels());
        cases.add(certain());
        cases.add(atZero(Activation.RELU));
        cases.add(atZero(Activation.LEAKYRELU));
        return cases;
    }

    /** Labels that are no distribution. */
    private static NetworkCase unevenLabels() {
        MultiLayerNetwork network = network(INPUT, dense(4).build(), output());
        return new NetworkCase("uneven labels", network, data(random(1, EXAMPLES, 3), random(2, EXAMPLES, CLASSES)));
    }

    /** Probabilities beyond both limits of the logarithm. */
    private static NetworkCase certain() {
        OutputLayer output = new OutputLayer.Builder(new LossMCXENT(0.01, null))
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
        MultiLayerNetwork network = network(INPUT, dense(4).build(), output);
        network.getLayer(1).getParam("W").muli(20);
        return new NetworkCase("certain", network, data(random(1, EXAMPLES, 3), random(2, EXAMPLES, CLASSES)));
    }

    /** Inputs of the activation that are zero. */
    private static NetworkCase atZero(Activation activation) {
        MultiLayerNetwork network = network(INPUT, activated(activation), output());
        network.getLayer(0).getParam("b").assign(0);
        INDArray features = random(1, EXAMPLES, 3);
        features.putRow(1, Nd4j.zeros(features.dataType(), 3));
        return new NetworkCase(activation + " at zero", network, data(features, labels(EXAMPLES, CLASSES)));
    }

    static DenseLayer linear(int neurons) {
        return dense(neurons).activation(Activation.IDENTITY).build();
    }

    private static DenseLayer activated(Activation activation) {
        return dense(4).activation(activation).build();
    }

    private static Layer squared(Activation activation) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nOut(CLASSES)
                .activation(activation)
                .build();
    }

    private static Layer withoutBias() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .hasBias(false)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Layer likelihood() {
        return new OutputLayer.Builder(LossFunction.NEGATIVELOGLIKELIHOOD)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Layer softmax() {
        return loss(LossFunction.MCXENT, Activation.SOFTMAX);
    }

    private static Layer loss(LossFunction loss, Activation activation) {
        return new LossLayer.Builder(loss).activation(activation).build();
    }
}
