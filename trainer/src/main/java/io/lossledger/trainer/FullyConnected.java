package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;

/** {@link Preset#MNIST_FC}. Stateless. */
final class FullyConnected {
    static final List<String> LAYERS = List.of("fc1", "fc2", Networks.OUTPUT);

    private FullyConnected() {}

    static MultiLayerConfiguration configuration(
            NeuralNetConfiguration.Builder network, List<Integer> hidden, ImageSet images) {
        var layers = network.list();
        int in = images.pixelsPerImage();
        for (int i = 0; i < hidden.size(); i++) {
            layers.layer(new DenseLayer.Builder()
                    .name(LAYERS.get(i))
                    .nIn(in)
                    .nOut(hidden.get(i))
                    .build());
            in = hidden.get(i);
        }
        layers.layer(Networks.output(images.classes()).nIn(in).build());
        return layers.build();
    }

    /** The sizes of the layers, such as {@code 784-100-50-10}. */
    static String sizes(List<Integer> hidden, ImageSet images) {
        return images.pixelsPerImage() + "-" + hidden.get(0) + "-" + hidden.get(1) + "-" + images.classes();
    }
}
