package io.lossledger.producer.evaluate;

import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks of every layer kind that is mapped, and data for them. */
public final class TestNetworks {
    public static final int CLASSES = 3;
    private static final int SIDE = 6;
    public static final int INPUTS = SIDE * SIDE;

    private TestNetworks() {}

    public static MultiLayerNetwork dense(DataType precision, double l2, double retain) {
        var layers = builder(precision).l2(l2).list();
        layers.layer(new DenseLayer.Builder()
                .nIn(INPUTS)
                .nOut(7)
                .activation(Activation.TANH)
                .dropOut(retain)
                .build());
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(7)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build());
        return init(new MultiLayerNetwork(layers.build()));
    }

    /** Convolution, batch norm, subsampling, dense, output. */
    public static MultiLayerNetwork convolution(DataType precision) {
        var layers = builder(precision).list();
        layers.layer(new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .activation(Activation.TANH)
                .build());
        layers.layer(new BatchNormalization.Builder().build());
        layers.layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build());
        layers.layer(
                new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build());
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build());
        layers.setInputType(InputType.convolutionalFlat(SIDE, SIDE, 1));
        return init(new MultiLayerNetwork(layers.build()));
    }

    /** An LSTM inside a wrapper, with dropout and L2. */
    public static MultiLayerNetwork wrapped() {
        var layers = builder(DataType.FLOAT).updater(new Adam(0.05)).list();
        layers.layer(
                new LastTimeStep(new LSTM.Builder().nOut(4).dropOut(0.5).l2(0.1).build()));
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build());
        layers.setInputType(InputType.recurrent(3, 5));
        return init(new MultiLayerNetwork(layers.build()));
    }

    public static DataSet data(int examples, long seed) {
        Random random = new Random(seed);
        float[] features = new float[examples * INPUTS];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, (i * 7 + (int) seed) % CLASSES, 1);
        }
        return new DataSet(Nd4j.createFromArray(features).reshape(examples, INPUTS), labels);
    }

    private static NeuralNetConfiguration.Builder builder(DataType precision) {
        return new NeuralNetConfiguration.Builder().seed(5).dataType(precision).updater(new Nesterovs(0.02, 0.9));
    }

    private static MultiLayerNetwork init(MultiLayerNetwork network) {
        network.init();
        return network;
    }
}
