package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.StepRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A two-layer linear network with squared error has a loss of degree 4 along any segment, so Simpson is exact. */
class LinearNetworkIT {
    private static final int STEPS = 20;

    @Test
    void balancesToRoundingThroughKafka(@TempDir Path directory) throws Exception {
        try (RunningLedger ledger = RunningLedger.start(directory)) {
            train(ledger);
            assertThat(ledger.closing("linear").getSteps()).isEqualTo(STEPS);
            List<StepRow> steps = ledger.rows(LedgerTopic.STEP, "linear", StepRow.class);

            assertThat(steps).hasSize(STEPS);
            for (StepRow step : steps) {
                assertThat(Math.abs(step.getLossChange())).isGreaterThan(1e-5);
                assertThat(Math.abs(step.getResidual())).isLessThan(1e-14 + 1e-13 * step.getLossStart());
                // The trapezoid, which is not exact here, must show that the residual could have been seen.
                assertThat(step.getLargestLayerEstimate()).isGreaterThan(1e-9);
            }
        }
    }

    private static void train(RunningLedger ledger) {
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
        try (LossLedger ledgerOfRun = LossLedger.to(Map.of())
                .publishing(ledger.publishing())
                .run("linear")
                .train(data)
                .measure(MeasureSettings.DEFAULT.withType(ElementType.ELEMENT_TYPE_FLOAT64))
                .threads(2)
                .attach(network)) {
            for (int step = 0; step < STEPS; step++) {
                network.fit(data);
            }
            ledgerOfRun.finish();
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
