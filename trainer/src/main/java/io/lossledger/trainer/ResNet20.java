package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;

/**
 * {@link Preset#CIFAR_RESNET20}: a convolution, three stages of three blocks with 16, 32 and 64 channels, a pool and the
 * output. Every convolution has biases, even before batch norm, and the two 1 x 1 shortcuts have no batch norm; of the
 * variants, this is the one with the paper's number of parameters. Stateless.
 *
 * <p>Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, section 4.2.
 */
final class ResNet20 {
    private static final int[] CHANNELS = {16, 32, 64};
    private static final int BLOCKS = 3;

    static final List<String> LAYERS = layers();

    private ResNet20() {}

    static ComputationGraphConfiguration configuration(NeuralNetConfiguration.Builder network, ImageSet images) {
        GraphBuilder graph = network.graphBuilder().addInputs("input").setInputTypes(Networks.inputType(images));
        normedConvolution(graph, "", "1", "input", 1, CHANNELS[0]);
        graph.addLayer("relu1", Networks.relu("relu1"), "bn1");
        String last = "relu1";
        for (int stage = 0; stage < CHANNELS.length; stage++) {
            for (int block = 0; block < BLOCKS; block++) {
                last = addBlock(graph, blockName(stage, block), last, halves(stage, block) ? 2 : 1, CHANNELS[stage]);
            }
        }
        graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last);
        graph.addLayer(Networks.OUTPUT, Networks.output(images.classes()).build(), "pool");
        return graph.setOutputs(Networks.OUTPUT).build();
    }

    /** Adds a block and returns the name of its last vertex. */
    private static String addBlock(GraphBuilder graph, String name, String input, int stride, int channels) {
        normedConvolution(graph, name, "1", input, stride, channels);
        graph.addLayer(name + "relu1", Networks.relu(name + "relu1"), name + "bn1");
        normedConvolution(graph, name, "2", name + "relu1", 1, channels);
        String shortcut = input;
        if (stride > 1) {
            shortcut = name + "shortcut";
            graph.addLayer(shortcut, Networks.convolution(1, stride, channels).build(), input);
        }
        graph.addVertex(name + "add", new ElementWiseVertex(ElementWiseVertex.Op.Add), shortcut, name + "bn2");
        graph.addLayer(name + "relu2", Networks.relu(name + "relu2"), name + "add");
        return name + "relu2";
    }

    private static void normedConvolution(
            GraphBuilder graph, String block, String number, String input, int stride, int channels) {
        String convolution = block + "conv" + number;
        graph.addLayer(convolution, Networks.convolution(3, stride, channels).build(), input);
        graph.addLayer(block + "bn" + number, new BatchNormalization.Builder().build(), convolution);
    }

    private static List<String> layers() {
        List<String> names = new ArrayList<>(List.of("conv1", "bn1"));
        for (int stage = 0; stage < CHANNELS.length; stage++) {
            for (int block = 0; block < BLOCKS; block++) {
                String name = blockName(stage, block);
                names.addAll(List.of(name + "conv1", name + "bn1", name + "conv2", name + "bn2"));
                if (halves(stage, block)) {
                    names.add(name + "shortcut");
                }
            }
        }
        names.add(Networks.OUTPUT);
        return List.copyOf(names);
    }

    private static boolean halves(int stage, int block) {
        return stage > 0 && block == 0;
    }

    private static String blockName(int stage, int block) {
        return "s" + (stage + 1) + "b" + (block + 1) + "_";
    }
}
