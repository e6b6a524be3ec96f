package io.lossledger.producer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small float64 network for each kind of layer, with data for it. */
public final class KindNetworks {
    public static final int EXAMPLES = 3;
    static final int CLASSES = 2;
    static final int STEPS = 3;

    private KindNetworks() {}

    public static List<NetworkCase> all() {
        List<NetworkCase> kinds = new ArrayList<>();
        kinds.addAll(feedForward());
        kinds.addAll(KindImages.all());
        kinds.addAll(KindSequences.all());
        kinds.addAll(frozen());
        return kinds;
    }

    static List<NetworkCase> feedForward() {
        DenseLayer.Builder dense = dense(4);
        InputType input = InputType.feedForward(3);
        return List.of(
                layers("dense", input, dense.build(), output()),
                layers("sigmoid output", input, dense(4).build(), sigmoidOutput()),
                layers("dense without bias", input, dense(4).hasBias(false).build(), output()),
                layers("dense of one input", InputType.feedForward(1), dense(4).build(), output()),
                layers("dense of one neuron", input, dense(1).build(), output()),
                layers(
                        "dense with layer norm",
                        input,
                        dense(4).hasLayerNorm(true).build(),
                        output()),
                layers(
                        "loss",
                        input,
                        dense(CLASSES).activation(Activation.IDENTITY).build(),
                        loss()),
                layers("loss of squares", input, dense(CLASSES).build(), squares()),
                layers("batch norm", input, dense(4).build(), norm().build(), output()),
                prelu(),
                layers("elementwise", input, dense(4).build(), multiplication(4), output()),
                embedding());
    }

    /** A frozen layer between layers that learn. */
    public static List<NetworkCase> frozen() {
        InputType input = InputType.feedForward(3);
        return List.of(
                layers("frozen", input, dense(4).build(), new FrozenLayer(dense(3).build()), output()),
                layers(
                        "frozen with backprop",
                        input,
                        dense(4).build(),
                        new FrozenLayerWithBackprop(dense(3).build()),
                        output()),
                layers("frozen first", input, new FrozenLayer(dense(3).build()), dense(4).build(), output()),
                layers(
                        "frozen activation",
                        input,
                        dense(4).build(),
                        new FrozenLayer(new ActivationLayer(Activation.TANH)),
                        output()),
                layers("frozen norm", input, dense(4).build(), new FrozenLayer(norm().build()), output()),
                layers(
                        "frozen norm with backprop",
                        InputType.convolutional(4, 4, 2),
                        pointwise(3),
                        new FrozenLayerWithBackprop(norm().useLogStd(false).build()),
                        output()),
                layers(
                        "frozen locked norm",
                        InputType.convolutional(4, 4, 2),
                        pointwise(3),
                        new FrozenLayerWithBackprop(
                                norm().lockGammaBeta(true).gamma(1.5).build()),
                        output()));
    }

    public static NeuralNetConfiguration.Builder settings() {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1));
    }

    public static DenseLayer.Builder dense(int neurons) {
        return new DenseLayer.Builder().nOut(neurons).activation(Activation.TANH);
    }

    public static LSTM lstm(int cells) {
        return new LSTM.Builder().nOut(cells).build();
    }

    static SimpleRnn rnn(int cells) {
        return new SimpleRnn.Builder().nOut(cells).build();
    }

    public static ConvolutionLayer pointwise(int channels) {
        return new ConvolutionLayer.Builder(1, 1)
                .nOut(channels)
                .activation(Activation.TANH)
                .build();
    }

    public static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static OutputLayer sigmoidOutput() {
        return new OutputLayer.Builder(LossFunction.XENT)
                .nOut(CLASSES)
                .activation(Activation.SIGMOID)
                .build();
    }

    public static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.XENT)
                .nOut(CLASSES)
                .activation(Activation.SIGMOID)
                .build();
    }

    static BatchNormalization.Builder norm() {
        return new BatchNormalization.Builder();
    }

    /** A network from input to output layer, and examples with a label each. */
    static NetworkCase layers(String name, InputType input, Layer... layers) {
        return new NetworkCase(name, network(input, layers), data(features(input), labels(EXAMPLES, CLASSES)));
    }

    public static MultiLayerNetwork network(InputType input, Layer... layers) {
        var list = settings().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        list.setInputType(input);
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return scattered(network);
    }

    static ComputationGraph graph(GraphBuilder builder) {
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return scattered(graph);
    }

    static MultiDataSet data(INDArray features, INDArray labels) {
        return new MultiDataSet(features, labels);
    }

    static INDArray features(InputType input) {
        long[] shape = input.getShape(true);
        shape[0] = EXAMPLES;
        return random(1, shape);
    }

    public static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    public static INDArray labels(int examples, int classes) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, examples, classes);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, i % classes, 1);
        }
        return labels;
    }

    /** One label a time step. */
    static INDArray stepLabels(int steps) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, steps);
        for (int i = 0; i < EXAMPLES; i++) {
            for (int step = 0; step < steps; step++) {
                labels.putScalar(i, (i + step) % CLASSES, step, 1);
            }
        }
        return labels;
    }

    /** Moves every parameter, biases and gains too, off the value that it is initialised with. */
    private static <M extends Model> M scattered(M network) {
        INDArray parameters = network.params();
        Random random = new Random(11);
        for (long i = 0; i < parameters.length(); i++) {
            parameters.putScalar(i, parameters.getDouble(i) + 0.1 + 0.3 * random.nextDouble());
        }
        return network;
    }

    /** Inputs of both signs for every neuron. */
    private static NetworkCase prelu() {
        INDArray features = Nd4j.createFromArray(new double[][] {{-1, 0.5, -0.3}, {0.4, -0.7, 0.2}, {1.1, -0.2, -0.9}});
        MultiLayerNetwork network = network(InputType.feedForward(3), prelu(3), dense(4).build(), output());
        return new NetworkCase("prelu", network, data(features, labels(EXAMPLES, CLASSES)));
    }

    private static NetworkCase embedding() {
        INDArray words = Nd4j.createFromArray(new double[] {0, 2, 2}).reshape(3, 1);
        MultiLayerNetwork network = network(
                InputType.feedForward(4),
                new EmbeddingLayer.Builder()
                        .nIn(4)
                        .nOut(3)
                        .hasBias(true)
                        .activation(Activation.TANH)
                        .build(),
                output());
        return new NetworkCase("embedding", network, data(words, labels(3, CLASSES)));
    }

    public static Layer prelu(long... shape) {
        return new PReLULayer.Builder().inputShape(shape).build();
    }

    private static Layer multiplication(int neurons) {
        return new ElementWiseMultiplicationLayer.Builder()
                .nIn(neurons)
                .nOut(neurons)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer loss() {
        return new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static Layer squares() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.TANH)
                .build();
    }

    static Layer global(PoolingType type) {
        return new GlobalPoolingLayer.Builder(type).build();
    }
}
