package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Creates the trainer's networks. All of them accept images as rows of pixels, channel by channel. Stateless. */
public final class Networks {
    static final String OUTPUT = "output";

    /** Two pools halve an image twice. */
    private static final int MIN_SIDE = 4;

    private Networks() {}

    /**
     * Creates a network for images like these, initialised from the seed.
     *
     * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}
     * @throws IllegalArgumentException when the network does not accept such images
     */
    public static Model create(ModelSettings settings, ImageSet images, long seed) {
        requireFit(settings.network(), images);
        LayerUpdaters updaters = new LayerUpdaters(settings);
        NeuralNetConfiguration.Builder network = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .updater(updaters.common());
        return switch (settings.network()) {
            case MNIST_FC -> layered(FullyConnected.configuration(network, settings.hidden(), images), updaters);
            case MNIST_LENET -> layered(LeNet.configuration(network, images), updaters);
            case CIFAR_RESNET20 -> graph(ResNet20.configuration(network, images), updaters);
            case CIFAR_ALLCNN -> layered(AllCnn.configuration(network, images), updaters);
        };
    }

    /** The network and its input, for the run's manifest. */
    static String describe(ModelSettings settings, ImageSet images) {
        Preset network = settings.network();
        return network == Preset.MNIST_FC
                ? network + " " + FullyConnected.sizes(settings.hidden(), images)
                : network + " " + size(images) + "-" + images.classes();
    }

    static OutputLayer.Builder output(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .name(OUTPUT)
                .nOut(classes)
                .activation(Activation.SOFTMAX);
    }

    /** A linear convolution: batch norm comes before the activation. */
    static ConvolutionLayer.Builder convolution(int kernel, int stride, int channels) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .stride(stride, stride)
                .nOut(channels)
                .activation(Activation.IDENTITY);
    }

    static ActivationLayer relu(String name) {
        return new ActivationLayer.Builder()
                .name(name)
                .activation(Activation.RELU)
                .build();
    }

    static InputType inputType(ImageSet images) {
        return InputType.convolutionalFlat(images.height(), images.width(), images.channels());
    }

    private static MultiLayerNetwork layered(MultiLayerConfiguration configuration, LayerUpdaters updaters) {
        configuration.getConfs().forEach(layer -> updaters.apply(layer.getLayer()));
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static ComputationGraph graph(ComputationGraphConfiguration configuration, LayerUpdaters updaters) {
        configuration.getVertices().values().forEach(updaters::apply);
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        return network;
    }

    private static void requireFit(Preset network, ImageSet images) {
        int channels = network.takesColour() ? 3 : 1;
        boolean fits = images.channels() == channels && images.height() >= MIN_SIDE && images.width() >= MIN_SIDE;
        if (!fits) {
            throw new IllegalArgumentException("network: " + network + " needs images of " + channels
                    + (channels == 1 ? " channel" : " channels") + " and at least " + MIN_SIDE + " x " + MIN_SIDE
                    + " pixels. Found: " + size(images));
        }
    }

    private static String size(ImageSet images) {
        return images.channels() + "x" + images.height() + "x" + images.width();
    }
}
