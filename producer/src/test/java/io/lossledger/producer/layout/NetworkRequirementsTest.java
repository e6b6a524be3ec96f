package io.lossledger.producer.layout;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.KindNetworks;
import io.lossledger.protocol.v1.ElementType;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;

class NetworkRequirementsTest {
    private static final InputType INPUT = InputType.feedForward(3);
    private static final String LOSS =
            "network: loss must be the plain mean over examples, as in OutputLayer, LossLayer,"
                    + " RnnOutputLayer, RnnLossLayer, CnnLossLayer, Cnn3DLossLayer and Yolo2OutputLayer. Found: ";
    private static final String SAMEDIFF =
            "network: must have no SameDiff layers and vertices, because the gradient that"
                    + " DL4J computes for them is not the slope of the loss. Found: ";

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        INPUT,
                        new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        LOSS + "CenterLossOutputLayer layer1"),
                Arguments.of(
                        INPUT,
                        new OCNNOutputLayer.Builder()
                                .hiddenLayerSize(2)
                                .windowSize(2)
                                .build(),
                        LOSS + "OCNNOutputLayer layer1"),
                Arguments.of(
                        INPUT,
                        new LossLayer.Builder(new LossFMeasure()).build(),
                        "network: loss must be a sum over examples. Found: LossFMeasure in LossLayer layer1"),
                Arguments.of(
                        InputType.recurrent(2, 3),
                        new RnnLossLayer.Builder(LossFunction.MSE)
                                .dataFormat(RNNFormat.NWC)
                                .build(),
                        "network: loss must have the data format NCW, because DL4J's score is wrong with any other."
                                + " Found: NWC in RnnLossLayer layer1"),
                Arguments.of(
                        InputType.convolutional(2, 2, 2, CNN2DFormat.NHWC),
                        new CnnLossLayer.Builder(LossFunction.MSE)
                                .format(CNN2DFormat.NHWC)
                                .build(),
                        "network: loss must have the data format NCHW, because DL4J's score is wrong with any other."
                                + " Found: NHWC in CnnLossLayer layer1"),
                Arguments.of(
                        INPUT,
                        KindNetworks.dense(2).build(),
                        "network: must end in a layer with a loss, such as OutputLayer. Found: DenseLayer layer1"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesALossThatIsNoMeanOverExamples(InputType input, Layer last, String message) {
        Layer first = input.getType() == InputType.Type.CNN
                ? KindNetworks.pointwise(6)
                : input.getType() == InputType.Type.RNN
                        ? new SimpleRnn.Builder().nOut(2).build()
                        : KindNetworks.dense(3).build();

        assertRefused(KindNetworks.network(input, first, last), message);
    }

    @Test
    void refusesWhatDl4jComputesWrongly() {
        Layer convolution = new Convolution1DLayer.Builder(2)
                .nOut(2)
                .rnnDataFormat(RNNFormat.NWC)
                .build();
        InputType steps = InputType.recurrent(2, 3, RNNFormat.NWC);
        Layer prelu = new PReLULayer.Builder().inputShape(3).build();

        assertRefused(
                KindNetworks.network(steps, convolution, KindNetworks.rnnOutput()),
                "network: one-dimensional convolution must have the data format NCW, because with NWC DL4J reads"
                        + " its weights and writes their gradient in different orders."
                        + " Found: NWC in Convolution1DLayer layer0");
        assertRefused(
                KindNetworks.network(INPUT, new FrozenLayer(prelu), KindNetworks.output()),
                "network: must have no PReLU layer inside another, because DL4J writes its output over its input in"
                        + " test mode. Found: FrozenLayer(PReLULayer) layer0");
    }

    @Test
    void refusesWhatSameDiffComputes() {
        Layer attention = new SelfAttentionLayer.Builder()
                .nOut(2)
                .nHeads(1)
                .projectInput(true)
                .build();
        var graph = KindNetworks.settings()
                .graphBuilder()
                .addInputs("in")
                .addVertex(
                        "attention",
                        new AttentionVertex.Builder()
                                .nInKeys(2)
                                .nInQueries(2)
                                .nInValues(2)
                                .nOut(2)
                                .nHeads(1)
                                .projectInput(true)
                                .build(),
                        "in",
                        "in",
                        "in")
                .addLayer("out", KindNetworks.rnnOutput(), "attention")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(2, 3));

        assertRefused(
                KindNetworks.network(InputType.recurrent(2, 3), attention, KindNetworks.rnnOutput()),
                SAMEDIFF + "SelfAttentionLayer layer0");
        assertRefused(new ComputationGraph(graph.build()), SAMEDIFF + "AttentionVertex attention");
    }

    @Test
    void refusesAGraphThatEndsInAVertex() {
        var graph = KindNetworks.settings()
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", KindNetworks.dense(2).build(), "in")
                .addVertex("scale", new ScaleVertex(2), "dense")
                .setOutputs("scale")
                .setInputTypes(INPUT);

        assertRefused(
                new ComputationGraph(graph.build()),
                "network: must end in a layer with a loss, such as OutputLayer. Found: ScaleVertex scale");
    }

    @Test
    void refusesModelsOfAnotherKind() {
        MultiLayerNetwork network = KindNetworks.network(INPUT, KindNetworks.output());
        String message = "network: must be a MultiLayerNetwork or a ComputationGraph. Found: OutputLayer";

        assertRefused(network.getLayer(0), message);
        assertThatThrownBy(() -> NetworkLayout.of(network.getLayer(0))).hasMessage(message);
    }

    @Test
    void refusesANetworkThatIsNotInitialised() {
        MultiLayerNetwork layers = new MultiLayerNetwork(
                KindNetworks.network(INPUT, KindNetworks.output()).getLayerWiseConfigurations());

        assertRefused(
                layers,
                "network: must be initialised. Call init() before a ledger is attached. Found: one without parameters");
    }

    @Test
    void refusesDataThatTheNetworkCannotAccept() {
        MultiLayerNetwork network = KindNetworks.network(INPUT, KindNetworks.output());
        INDArray features = KindNetworks.random(1, 4, 3);
        INDArray labels = KindNetworks.labels(4, 2);
        DataSet masked = new DataSet(features, labels, null, Nd4j.ones(3, 1));
        DataSet empty = new DataSet();
        DataSet wide = new DataSet(KindNetworks.random(1, 4, 5), labels);
        DataSet unlabelled = new DataSet(features, KindNetworks.labels(4, 3));
        DataSet infinite = new DataSet(features.div(0), labels);
        MultiDataSet two = new MultiDataSet(new INDArray[] {features, features}, new INDArray[] {labels});
        DataSet folded = new DataSet(features, KindNetworks.labels(8, 2));
        try (EvaluationPool pool = new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            assertThatThrownBy(() -> pool.objective("train", 1, masked, 2))
                    .hasMessage("labels mask: must have one row for each example, 4. Found: 3");
            assertThatThrownBy(() -> pool.objective("train", 1, empty))
                    .hasMessage(
                            "objective train: must have at least one example, with features and labels. Found: none");
            assertThatThrownBy(() -> pool.objective("train", 1, wide))
                    .hasMessageStartingWith("objective train: must be data that the network takes."
                            + " Found: features of shape [4, 5] and labels of shape [4, 2]. DL4J says: ");
            assertThatThrownBy(() -> pool.objective("train", 1, unlabelled))
                    .hasMessageStartingWith("objective train: must be data that the network takes."
                            + " Found: features of shape [4, 3] and labels of shape [4, 3]. DL4J says: ");
            assertThatThrownBy(() -> pool.objective("train", 1, infinite))
                    .hasMessage("loss: must be finite at the parameters that the network has. Found: NaN");
            assertThatThrownBy(() -> pool.objective("train", 1, two, 2))
                    .hasMessage("objective train: must have 1 arrays of features and 1 of labels, as the network."
                            + " Found: 2 and 1");
            assertThatThrownBy(() -> pool.objective("train", 1, folded, 2))
                    .hasMessage("labels: must have one row for each example, 4. Found: 8");
            assertThatThrownBy(() -> pool.objective("train", 1, new DataSet(features, labels), 0))
                    .hasMessage("chunkExamples: must be at least 1. Found: 0");
        }
    }

    private static void assertRefused(Model network, String message) {
        assertThatThrownBy(() -> new EvaluationPool(network, 1, ElementType.ELEMENT_TYPE_FLOAT64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
