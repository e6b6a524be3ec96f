package io.lossledger.producer.dl4j.conformance;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The layers and inputs that stand around what a recipe shows. */
final class Parts {
    static final InputType ROWS = InputType.feedForward(5);
    static final InputType IMAGES = InputType.convolutional(4, 4, 2);
    static final InputType SEQUENCES = InputType.recurrent(2, Examples.STEPS);
    /** Sequences with a class for each example. */
    static final Examples ONE_CLASS = Examples.classified(SEQUENCES);
    /** Sequences with a class for each step. */
    static final Examples STEP_CLASSES =
            Examples.of(Examples.normal(SEQUENCES), Examples.oneHot(Examples.CLASSES, Examples.STEPS));

    private Parts() {}

    static DenseLayer dense(int neurons) {
        return new DenseLayer.Builder()
                .nOut(neurons)
                .activation(Activation.TANH)
                .build();
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Examples.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static ConvolutionLayer convolution(int channels) {
        ConvolutionLayer.Builder builder = new ConvolutionLayer.Builder(2, 2);
        builder.nOut(channels).convolutionMode(ConvolutionMode.Same).activation(Activation.TANH);
        return builder.build();
    }

    static Layer pool() {
        return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
    }

    static LSTM lstm(int cells) {
        return new LSTM.Builder().nOut(cells).build();
    }

    /** An LSTM that has dropout and L2 of its own, as layers in wrappers do. */
    static LSTM lstm(int cells, Variant variant) {
        return new LSTM.Builder()
                .nOut(cells)
                .dropOut(variant.plain() ? 0 : 0.5)
                .l2(variant.plain() ? 0 : 0.1)
                .build();
    }

    static SimpleRnn rnn(int cells) {
        return new SimpleRnn.Builder().nOut(cells).build();
    }

    static RnnOutputLayer rnnOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Examples.CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
