package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer.PoolingType;

/**
 * {@link Preset#MNIST_LENET}: same-padding keeps 28 x 28 and the pools halve it twice, so 7·7·40 values feed the 400
 * units of fc1. Stateless.
 */
final class LeNet {
    static final List<String> LAYERS = List.of("conv1", "conv2", "fc1", Networks.OUTPUT);

    private static final int[] CHANNELS = {20, 40};
    private static final int UNITS = 400;

    private LeNet() {}

    static MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder network, ImageSet images) {
        var layers = network.list();
        for (int i = 0; i < CHANNELS.length; i++) {
            layers.layer(new ConvolutionLayer.Builder(5, 5)
                    .name(LAYERS.get(i))
                    .nOut(CHANNELS[i])
                    .build());
            layers.layer(new SubsamplingLayer.Builder(PoolingType.MAX)
                    .name("pool" + (i + 1))
                    .kernelSize(2, 2)
                    .stride(2, 2)
                    .build());
        }
        layers.layer(new DenseLayer.Builder().name("fc1").nOut(UNITS).build());
        layers.layer(Networks.output(images.classes()).build());
        return layers.setInputType(Networks.inputType(images)).build();
    }
}
