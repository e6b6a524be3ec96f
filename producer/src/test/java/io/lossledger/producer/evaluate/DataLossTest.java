package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** What training adds to the data loss is left out to the bit, inside wrappers and graphs too. */
class DataLossTest {
    private static final MultiDataSet DATA = new MultiDataSet(
            KindNetworks.random(1, KindNetworks.EXAMPLES, 2, KindNetworks.STEPS),
            KindNetworks.labels(KindNetworks.EXAMPLES, KindNetworks.CLASSES));

    @Test
    void keepsOnlyTheDataLossOfLayers() {
        assertSame(layers(false), layers(true));
    }

    @Test
    void keepsOnlyTheDataLossOfGraphs() {
        assertSame(graph(false), graph(true));
    }

    private static void assertSame(Model plain, Model decorated) {
        decorated.setParams(plain.params());
        FlatVector parameters = FlatVector.of(FlatArrays.toDoubles(plain.params()));
        Evaluation expected = evaluate(plain, parameters);
        Evaluation found = evaluate(decorated, parameters);

        assertThat(found.loss()).isEqualTo(expected.loss()).isNotEqualTo(trainingLoss(decorated));
        assertThat(found.gradient().toDoubles()).isEqualTo(expected.gradient().toDoubles());
    }

    private static List<Layer> stack(boolean decorated) {
        List<Layer> layers = new ArrayList<>(List.of(
                new FrozenLayer(KindNetworks.lstm(2)),
                new Bidirectional(KindNetworks.lstm(2)),
                new MaskZeroLayer.Builder().underlying(KindNetworks.rnn(2)).build(),
                decorated
                        ? new DropoutLayer.Builder(new GaussianNoise(0.5)).build()
                        : new ActivationLayer(new ActivationIdentity()),
                new TimeDistributed(KindNetworks.dense(3)
                        .activation(decorated ? new ActivationRReLU(0.1, 0.3) : new ActivationLReLU(0.2))
                        .build()),
                new LastTimeStep(KindNetworks.rnn(2)),
                new FrozenLayerWithBackprop(KindNetworks.dense(2).build()),
                KindNetworks.dense(3).build(),
                KindNetworks.output()));
        return layers;
    }

    private static MultiLayerNetwork layers(boolean decorated) {
        var list = settings(decorated).list();
        stack(decorated).forEach(list::layer);
        list.setInputType(InputType.recurrent(2, KindNetworks.STEPS));
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    private static ComputationGraph graph(boolean decorated) {
        var builder = settings(decorated).graphBuilder().addInputs("in");
        String input = "in";
        for (Layer layer : stack(decorated)) {
            String name = input + "x";
            builder.addLayer(name, layer, input);
            input = name;
        }
        builder.setOutputs(input).setInputTypes(InputType.recurrent(2, KindNetworks.STEPS));
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return graph;
    }

    private static NeuralNetConfiguration.Builder settings(boolean decorated) {
        NeuralNetConfiguration.Builder settings = KindNetworks.settings();
        if (decorated) {
            settings.dropOut(0.6)
                    .weightNoise(new DropConnect(0.7))
                    .constrainAllParameters(new MaxNormConstraint(0.1, 1))
                    .miniBatch(false)
                    .l1(0.1)
                    .l2(0.2)
                    .l2Bias(0.3);
        }
        return settings;
    }

    private static double trainingLoss(Model model) {
        return model instanceof ComputationGraph graph
                ? graph.score(DATA, true)
                : ((MultiLayerNetwork) model).score(new DataSet(DATA.getFeatures(0), DATA.getLabels(0)), true);
    }

    private static Evaluation evaluate(Model model, FlatVector parameters) {
        try (EvaluationPool pool = new EvaluationPool(model, 1, ElementType.ELEMENT_TYPE_FLOAT64)) {
            return pool.objective("train", 1, DATA, 2).evaluate(parameters);
        }
    }
}
