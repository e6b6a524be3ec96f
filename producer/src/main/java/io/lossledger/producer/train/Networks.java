package io.lossledger.producer.train;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks that the trainer offers. Stateless. */
final class Networks {
    private static final int[] HIDDEN = {100, 50};

    private Networks() {}

    /** The fully connected ReLU network of the LCA paper, 784-100-50-10 for MNIST, with He-normal initialisation. */
    static MultiLayerNetwork fullyConnected(int inputs, int classes, long seed, IUpdater updater) {
        var layers = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .weightInit(WeightInit.RELU)
                .updater(updater)
                .list();
        int in = inputs;
        int number = 0;
        for (int units : HIDDEN) {
            number++;
            layers.layer(new DenseLayer.Builder()
                    .name("fc" + number)
                    .nIn(in)
                    .nOut(units)
                    .activation(Activation.RELU)
                    .build());
            in = units;
        }
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .name("output")
                .nIn(in)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    static String describe(int inputs, int classes) {
        return inputs + "-" + HIDDEN[0] + "-" + HIDDEN[1] + "-" + classes;
    }
}
