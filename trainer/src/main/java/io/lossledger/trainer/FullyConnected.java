package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;

/** {@link Preset#MNIST_FC}. Stateless. */
final class FullyConnected {
    static final List<String> LAYERS = List.of("fc1", "fc2", Networks.OUTPUT);

    private static final int[] HIDDEN = {100, 50};

    private FullyConnected() {}

    static MultiLayerConfiguration configuration(NeuralNetConfiguration.Builder network, ImageSet images) {
        var layers = network.list();
        int in = images.pixelsPerImage();
        for (int i = 0; i < HIDDEN.length; i++) {
            layers.layer(new DenseLayer.Builder()
                    .name(LAYERS.get(i))
                    .nIn(in)
                    .nOut(HIDDEN[i])
                    .build());
            in = HIDDEN[i];
        }
        layers.layer(Networks.output(images.classes()).nIn(in).build());
        return layers.build();
    }

    /** The sizes of the layers, such as {@code 784-100-50-10}. */
    static String sizes(ImageSet images) {
        return images.pixelsPerImage() + "-" + HIDDEN[0] + "-" + HIDDEN[1] + "-" + images.classes();
    }
}
