package io.lossledger.producer.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.evaluate.KindNetworks;
import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.LayerManifest;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

class NetworkLayoutTest {
    @Test
    void findsEveryTensorOfAConvolutionNetworkByItsContent() {
        assertMatchesContent(TestNetworks.convolution(DataType.FLOAT));
    }

    @Test
    void findsEveryTensorOfADenseNetworkByItsContent() {
        assertMatchesContent(TestNetworks.dense(DataType.DOUBLE, 0, 1));
    }

    @Test
    void omitsRunningStatistics() {
        ModelLayout layout = NetworkLayout.of(TestNetworks.convolution(DataType.FLOAT));

        assertThat(layout.tensors())
                .extracting(TensorLayout::name)
                .containsExactly("0_b", "0_W", "1_gamma", "1_beta", "3_W", "3_b", "4_W", "4_b");
        // The mean and variance of four channels.
        assertThat(layout.parameters()).isEqualTo(layout.vectorLength() - 8L);
    }

    @Test
    void describesLayersForTheManifest() {
        LayerManifest convolution =
                NetworkLayout.manifest(TestNetworks.convolution(DataType.FLOAT)).get(0);

        assertThat(convolution.getKind()).isEqualTo("ConvolutionLayer");
        assertThat(convolution.getUnits()).isEqualTo(4);
        assertThat(convolution.getTensors(1).getShapeList()).containsExactly(4, 1, 3, 3);
        assertThat(convolution.getTensors(1).getParametersPerUnit()).isEqualTo(9);
    }

    /** Writes 0, 1, 2, … into the flat parameters and looks each parameter up by its place in its tensor. */
    private static void assertMatchesContent(MultiLayerNetwork network) {
        network.setParams(
                Nd4j.arange(network.numParams()).castTo(network.params().dataType()));
        for (TensorLayout tensor : NetworkLayout.of(network).tensors()) {
            INDArray array = network.getParam(tensor.name());
            assertThat(array.length()).isEqualTo(tensor.count());
            int units = tensor.count() / tensor.parametersPerUnit();
            for (int unit = 0; unit < units; unit++) {
                int from = tensor.offset() + unit * tensor.parametersPerUnit();
                INDArray incoming = incoming(array, tensor.name(), unit);
                assertThat(incoming.length()).isEqualTo(tensor.parametersPerUnit());
                assertThat(incoming.minNumber().intValue()).isEqualTo(from);
                assertThat(incoming.maxNumber().intValue()).isEqualTo(from + tensor.parametersPerUnit() - 1);
            }
        }
    }

    /** What DL4J's definition of the layer says goes into a unit. */
    private static INDArray incoming(INDArray array, String name, int unit) {
        if (!name.endsWith("_W")) {
            return Nd4j.scalar(array.getDouble(unit));
        }
        return array.rank() == 4 ? array.slice(unit) : array.getColumn(unit);
    }

    @Test
    void givesLayersUniqueNames() {
        MultiLayerNetwork network = KindNetworks.network(
                InputType.feedForward(3),
                named("same"),
                named("same"),
                named("3_dense"),
                named(""),
                new OutputLayer.Builder(new LossMSE()).name("out").nOut(2).build());

        assertThat(PlacedLayer.of(network).stream().map(PlacedLayer::name).toList())
                .isEqualTo(List.of("0_same", "1_same", "2_3_dense", "3_dense", "out"));
    }

    private static DenseLayer named(String name) {
        return new DenseLayer.Builder().name(name).nOut(3).build();
    }
}
