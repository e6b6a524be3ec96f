package com.example;

import io.lossledger.producer.dl4j.LossLedger;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Books two trainings, and uses what of DL4J needs libraries beside it. */
public final class TwoRuns {
    private static final int STEPS = 3;

    private TwoRuns() {}

    public static void main(String[] args) {
        INDArray all = Nd4j.linspace(0, 1, 24).castTo(Nd4j.defaultFloatingPointType()).reshape(8, 3);
        INDArray features = all.get(NDArrayIndex.indices(0, 2, 4, 6), NDArrayIndex.all());
        INDArray labels = Nd4j.eye(4).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2)).add(0.0);
        labels.putScalar(2, 0, 1).putScalar(3, 1, 1);
        DataSet data = new DataSet(features, labels);

        long booked = 0;
        for (String run : new String[] {args[1] + "-1", args[1] + "-2"}) { // the second reads the manifest of the first
            MultiLayerNetwork network = network(new DenseLayer.Builder().nOut(4).build());
            try (LossLedger ledger = LossLedger.to(args[0]).run(run).train(data).attach(network)) {
                for (int step = 0; step < STEPS; step++) {
                    network.fit(data);
                }
                booked += ledger.finish().steps();
            }
        }

        MultiLayerNetwork lambda = network(new Doubled());
        lambda.fit(data);
        System.out.printf("booked %d steps, lambda layer finite: %b%n", booked, Double.isFinite(lambda.score()));
    }

    private static MultiLayerNetwork network(Layer first) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .list()
                .layer(first)
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        return network;
    }

    /** A layer of SameDiff. */
    public static final class Doubled extends SameDiffLambdaLayer {
        @Override
        public SDVariable defineLayer(SameDiff graph, SDVariable input) {
            return input.mul(2.0);
        }

        @Override
        public InputType getOutputType(int layerIndex, InputType input) {
            return input;
        }
    }
}
