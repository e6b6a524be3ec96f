package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What a small convolutional network makes of generated shapes. Trains on more with {@code lossledger.long} set to {@code true}. */
@Tag("long")
class ShapeNetworkTest {
    private static final int BATCH = Boolean.getBoolean("lossledger.long") ? 50 : 25;
    private static final int STEPS = 200;

    @Test
    void seesShapesThatTheMeanPictureDoesNotShow() {
        ImageSplit shapes = GeneratedShapes.generate(3, 5_000, 300);
        MultiLayerNetwork network = network();
        for (int step = 0; step < STEPS; step++) {
            int from = step * BATCH % shapes.train().size();
            network.fit(data(shapes.train().slice(from, from + BATCH)));
        }

        int right = 0;
        INDArray guesses =
                network.output(data(shapes.validation()).getFeatures()).argMax(1);
        for (int i = 0; i < shapes.validation().size(); i++) {
            right += guesses.getInt(i) == shapes.validation().label(i) ? 1 : 0;
        }
        double accuracy = (double) right / shapes.validation().size();
        assertThat(NearestCentroid.accuracy(shapes)).isLessThan(0.2);
        assertThat(accuracy).isBetween(0.3, 0.99);
    }

    private static MultiLayerNetwork network() {
        var layers = new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .updater(new Adam(0.003))
                .list();
        for (int channels : new int[] {12, 24, 24}) {
            layers.layer(new ConvolutionLayer.Builder(5, 5)
                    .stride(2, 2)
                    .nOut(channels)
                    .build());
        }
        layers.layer(new DenseLayer.Builder().nOut(64).build());
        layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build());
        layers.setInputType(InputType.convolutionalFlat(32, 32, 3));
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        return network;
    }

    private static DataSet data(ImageSet images) {
        int pixels = images.pixelsPerImage();
        float[] features = new float[images.size() * pixels];
        float[] labels = new float[images.size() * 10];
        for (int i = 0; i < images.size(); i++) {
            images.copyPixels(i, features, i * pixels);
            labels[i * 10 + images.label(i)] = 1;
        }
        return new DataSet(
                Nd4j.createFromArray(features).reshape(images.size(), pixels),
                Nd4j.createFromArray(labels).reshape(images.size(), 10));
    }
}
