package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * {@link Preset#CIFAR_ALLCNN}: nine convolutions with biases and same-padding. The two strided ones have neither batch norm
 * nor activation; of the variants, this is the one with the paper's number of parameters. Stateless.
 *
 * <p>Source: Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for Simplicity: The All Convolutional Net", 2015.
 */
final class AllCnn {
    private static final int[] CHANNELS = {96, 96, 96, 192, 192, 192, 192, 192};
    private static final int[] KERNELS = {3, 3, 3, 3, 3, 3, 3, 1};
    private static final int[] STRIDES = {1, 1, 2, 1, 1, 2, 1, 1};

    static final List<String> LAYERS = layers();

    private AllCnn() {}

    static MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder network, ImageSet images) {
        ListBuilder layers = network.list();
        for (int i = 0; i < CHANNELS.length; i++) {
            int number = i + 1;
            layers.layer(Networks.convolution(KERNELS[i], STRIDES[i], CHANNELS[i])
                    .name("conv" + number)
                    .build());
            if (STRIDES[i] == 1) {
                layers.layer(
                        new BatchNormalization.Builder().name("bn" + number).build());
                layers.layer(Networks.relu("relu" + number));
            }
        }
        ConvolutionLayer last = Networks.convolution(1, 1, images.classes())
                .name("conv" + (CHANNELS.length + 1))
                .build();
        layers.layer(last);
        layers.layer(
                new GlobalPoolingLayer.Builder(PoolingType.AVG).name("pool").build());
        layers.layer(new LossLayer.Builder(LossFunction.MCXENT)
                .name(Networks.OUTPUT)
                .activation(Activation.SOFTMAX)
                .build());
        return layers.setInputType(Networks.inputType(images)).build();
    }

    private static List<String> layers() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < CHANNELS.length; i++) {
            names.add("conv" + (i + 1));
            if (STRIDES[i] == 1) {
                names.add("bn" + (i + 1));
            }
        }
        names.add("conv" + (CHANNELS.length + 1));
        return List.copyOf(names);
    }
}
