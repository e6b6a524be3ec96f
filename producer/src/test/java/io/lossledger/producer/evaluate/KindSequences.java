package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.CLASSES;
import static io.lossledger.producer.evaluate.KindNetworks.EXAMPLES;
import static io.lossledger.producer.evaluate.KindNetworks.STEPS;
import static io.lossledger.producer.evaluate.KindNetworks.data;
import static io.lossledger.producer.evaluate.KindNetworks.dense;
import static io.lossledger.producer.evaluate.KindNetworks.global;
import static io.lossledger.producer.evaluate.KindNetworks.labels;
import static io.lossledger.producer.evaluate.KindNetworks.lstm;
import static io.lossledger.producer.evaluate.KindNetworks.network;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.random;
import static io.lossledger.producer.evaluate.KindNetworks.rnn;
import static io.lossledger.producer.evaluate.KindNetworks.rnnOutput;
import static io.lossledger.producer.evaluate.KindNetworks.stepLabels;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small float64 networks for the kinds of recurrent and other sequence layers, with data for them. */
@SuppressWarnings("deprecation") // Graves LSTMs
final class KindSequences {
    private KindSequences() {}

    static List<NetworkCase> all() {
        List<NetworkCase> kinds = new ArrayList<>();
        for (Bidirectional.Mode mode : Bidirectional.Mode.values()) {
            kinds.add(sequence("bidirectional " + mode, new Bidirectional(mode, rnn(3)), rnnOutput()));
        }
        kinds.add(sequence("bidirectional lstm", new Bidirectional(lstm(2)), rnnOutput()));
        kinds.add(sequence("lstm", lstm(3), rnnOutput()));
        kinds.add(sequence(
                "lstm, hard gates",
                new LSTM.Builder()
                        .nOut(3)
                        .gateActivationFunction(Activation.HARDSIGMOID)
                        .build(),
                rnnOutput()));
        kinds.add(sequence("graves lstm", new GravesLSTM.Builder().nOut(3).build(), rnnOutput()));
        kinds.add(sequence(
                "graves bidirectional",
                new GravesBidirectionalLSTM.Builder().nOut(2).build(),
                rnnOutput()));
        kinds.add(sequence("simple rnn", rnn(3), rnnOutput()));
        kinds.add(sequence("time distributed", new TimeDistributed(dense(3).build()), rnnOutput()));
        kinds.add(sequence(
                "masking zeros", new MaskZeroLayer.Builder().underlying(lstm(2)).build(), rnnOutput()));
        kinds.add(sequence(
                "convolution 1d",
                new Convolution1DLayer.Builder(2)
                        .nOut(3)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.TANH)
                        .build(),
                rnnOutput()));
        kinds.add(sequence(
                "rnn loss",
                rnn(CLASSES),
                new RnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()));
        kinds.add(steps("last time step", new LastTimeStep(lstm(2)), output()));
        kinds.add(steps("last step, both ways", new LastTimeStep(new Bidirectional(rnn(2))), output()));
        kinds.add(steps("sequence pooling", lstm(2), global(PoolingType.SUM), output()));
        kinds.add(stepsFirst(lstm(2)));
        kinds.add(stepsFirst(new Bidirectional(rnn(2))));
        kinds.add(embeddingSequence());
        return kinds;
    }

    private static NetworkCase sequence(String name, Layer... layers) {
        InputType input = InputType.recurrent(2, STEPS);
        INDArray features = random(1, EXAMPLES, 2, STEPS);
        return new NetworkCase(name, network(input, layers), data(features, stepLabels(STEPS)));
    }

    /** Sequences with one label each. */
    private static NetworkCase steps(String name, Layer... layers) {
        INDArray features = random(1, EXAMPLES, 2, STEPS);
        return new NetworkCase(
                name, network(InputType.recurrent(2, STEPS), layers), data(features, labels(EXAMPLES, CLASSES)));
    }

    private static NetworkCase stepsFirst(Layer layer) {
        MultiLayerNetwork network = network(
                InputType.recurrent(2, STEPS, RNNFormat.NWC),
                layer,
                new RnnOutputLayer.Builder(LossFunction.XENT)
                        .nOut(CLASSES)
                        .dataFormat(RNNFormat.NWC)
                        .activation(Activation.SIGMOID)
                        .build());
        return new NetworkCase(
                "sequences, channels last",
                network,
                data(
                        random(1, EXAMPLES, STEPS, 2),
                        stepLabels(STEPS).permute(0, 2, 1).dup('c')));
    }

    private static NetworkCase embeddingSequence() {
        INDArray words = Nd4j.createFromArray(new double[][] {{0, 2, 1}, {3, 3, 0}, {2, 1, 0}});
        MultiLayerNetwork network = network(
                InputType.recurrent(4, STEPS),
                new EmbeddingSequenceLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .hasBias(true)
                        .inputLength(STEPS)
                        .activation(Activation.TANH)
                        .build(),
                rnnOutput());
        return new NetworkCase("embedding of sequences", network, data(words, stepLabels(STEPS)));
    }
}
