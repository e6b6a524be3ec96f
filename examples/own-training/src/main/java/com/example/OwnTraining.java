package com.example;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.evaluate.SampleSource;
import io.lossledger.producer.publish.PublishReport;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Trains an LSTM to tell the shapes of noisy waves apart, and books every step in a ledger. */
public final class OwnTraining {
    private static final int EPOCHS = 5;
    private static final int TRAIN_EXAMPLES = 320;
    private static final int VALIDATION_EXAMPLES = 80;
    private static final int BATCH_SIZE = 32;
    private static final int SAMPLE_SIZE = 64;
    private static final int WAVE_STEPS = 16;
    private static final int SHAPES = 3;
    private static final int SEED = 42;

    private OwnTraining() {}

    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("Arguments: BOOTSTRAP_SERVERS RUN");
            System.exit(2);
        }
        String kafka = args[0];
        String run = args[1];
        DataSet trainSet = waves(TRAIN_EXAMPLES, new Random(SEED));
        DataSet validationSet = waves(VALIDATION_EXAMPLES, new Random(SEED + 1));
        DataSetIterator minibatches = new ListDataSetIterator<>(trainSet.asList(), BATCH_SIZE);
        ComputationGraph network = network();

        try (LossLedger ledger = LossLedger.to(kafka)
                .run(run)
                .train(trainSet)
                .objective("validation", validationSet)
                .sampled("sampled", SampleSource.of(trainSet, SAMPLE_SIZE, SEED))
                .manifest(facts -> facts.setModel("waves-lstm")
                        .setDataSet("generated-waves")
                        .setOptimizer("adam")
                        .setBatchSize(BATCH_SIZE)
                        .setSeed(SEED))
                .attach(network)) {
            network.fit(minibatches, EPOCHS); // the training, as it was without a ledger
            PublishReport report = ledger.finish();
            System.out.printf("booked %d steps of run %s, skipped %d%n", report.steps(), run, report.skippedSteps());
        }
    }

    private static ComputationGraph network() {
        ComputationGraph network = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Adam(0.02))
                .graphBuilder()
                .addInputs("wave")
                .setInputTypes(InputType.recurrent(1, WAVE_STEPS))
                .addLayer("memory", new LastTimeStep(new LSTM.Builder().nOut(12).build()), "wave")
                .addLayer(
                        "shape",
                        new DenseLayer.Builder()
                                .nOut(8)
                                .activation(Activation.TANH)
                                .dropOut(0.9) // the probability of keeping
                                .build(),
                        "memory")
                .addLayer(
                        "decision",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(SHAPES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "shape")
                .setOutputs("decision")
                .build());
        network.init();
        return network;
    }

    /** Sine, square and sawtooth waves, each shifted a little and with noise, shape [examples, 1, steps]; labels are one-hot rows. */
    private static DataSet waves(int examples, Random random) {
        float[][][] waves = new float[examples][1][WAVE_STEPS];
        float[][] labels = new float[examples][SHAPES];
        for (int i = 0; i < examples; i++) {
            int shape = i % SHAPES;
            double phase = 0.3 * random.nextDouble();
            for (int step = 0; step < WAVE_STEPS; step++) {
                double turns = phase + 2.0 * step / WAVE_STEPS;
                waves[i][0][step] = (float) (wave(shape, turns - Math.floor(turns)) + 0.1 * random.nextGaussian());
            }
            labels[i][shape] = 1;
        }
        return new DataSet(Nd4j.createFromArray(waves), Nd4j.createFromArray(labels));
    }

    private static double wave(int shape, double turn) {
        return switch (shape) {
            case 0 -> Math.sin(2 * Math.PI * turn);
            case 1 -> turn < 0.5 ? 1 : -1;
            default -> 2 * turn - 1;
        };
    }
}
