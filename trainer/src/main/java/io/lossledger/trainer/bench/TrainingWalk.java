package io.lossledger.trainer.bench;

import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.trainer.ModelSettings;
import io.lossledger.trainer.Networks;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.TrainingSet;
import java.io.IOException;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** A training that a benchmark runs step by step. Not thread-safe. */
final class TrainingWalk {
    private final TrainingSet data;
    private final Model network;
    private long trainingNanos;
    private int steps;

    /** @throws IOException when the data set cannot be read */
    TrainingWalk(BenchmarkSettings settings, Optimizer optimizer) throws IOException {
        ModelSettings model = ModelSettings.of(settings.network(), optimizer);
        data = TrainingSet.load(settings.data(), settings.network(), settings.batchSize(), settings.seed());
        network = Networks.create(model, data.train(), settings.seed());
    }

    TrainingSet data() {
        return data;
    }

    Model network() {
        return network;
    }

    /** One step, and its minibatch. */
    record Step(TrainedSegment segment, DataSet batch) {}

    Step next() {
        FlatVector start = FlatArrays.copy(network.params());
        DataSet batch = data.nextBatch();
        long before = System.nanoTime();
        ((NeuralNetwork) network).fit(batch);
        trainingNanos += System.nanoTime() - before;
        FlatVector end = FlatArrays.copy(network.params());
        TrainedSegment segment = new TrainedSegment(steps++, 1, start, end, Map.of(), StepFacts.getDefaultInstance());
        return new Step(segment, batch);
    }

    /** The average time of a plain training step. */
    double secondsPerStep() {
        return trainingNanos / 1e9 / steps;
    }
}
