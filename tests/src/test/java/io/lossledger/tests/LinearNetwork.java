package io.lossledger.tests;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.protocol.v1.ElementType;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A training of two linear layers with squared error, measured in float64. */
final class LinearNetwork {
    private LinearNetwork() {}

    static void train(String run, int steps, PublisherSettings publishing) {
        var layers = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.05))
                .list();
        layers.layer(new DenseLayer.Builder()
                .nIn(6)
                .nOut(5)
                .activation(Activation.IDENTITY)
                .build());
        layers.layer(new OutputLayer.Builder(LossFunction.MSE)
                .nIn(5)
                .nOut(2)
                .activation(Activation.IDENTITY)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        DataSet data = data();
        try (LossLedger ledger = LossLedger.to(Map.of())
                .publishing(publishing)
                .run(run)
                .train(data)
                .measure(MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64))
                .threads(2)
                .attach(network)) {
            for (int step = 0; step < steps; step++) {
                network.fit(data);
            }
            ledger.finish();
        }
    }

    private static DataSet data() {
        Random random = new Random(4);
        float[] features = new float[40 * 6];
        float[] labels = new float[40 * 2];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (float) random.nextGaussian();
        }
        return new DataSet(
                Nd4j.createFromArray(features).reshape(40, 6),
                Nd4j.createFromArray(labels).reshape(40, 2));
    }
}
