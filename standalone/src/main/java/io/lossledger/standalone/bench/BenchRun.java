package io.lossledger.standalone.bench;

import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A run for benchmarks: a fully connected network whose updates and gradients are random numbers. What they say means nothing;
 * records are as many and as large as those of a training that measures one objective by RK4, and the books balance. Not
 * thread-safe.
 */
final class BenchRun implements AutoCloseable {
    private static final int DIFFERENT_STEPS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LedgerPublisher publisher;
    private final List<StepUpdate> steps = new ArrayList<>();
    private int next;

    /** @param widths number of inputs, then of the units of each layer */
    BenchRun(String run, List<Integer> widths, String topicPrefix, int chunkBytes, Map<String, Object> kafka) {
        ModelLayout layout = layout(widths);
        publisher = LedgerPublisher.open(
                new PublisherSettings(topicPrefix, chunkBytes, PATIENCE, kafka),
                RunManifest.newBuilder().setRun(run).setModel("random").build(),
                layout);
        Random random = new Random(1);
        for (int i = 0; i < DIFFERENT_STEPS; i++) {
            steps.add(step(random, layout.vectorLength()));
        }
    }

    /** Hands a step to Kafka's producer; waits when its buffer is full. */
    void publish() {
        StepUpdate step = steps.get(next % DIFFERENT_STEPS);
        publisher.publish(new StepUpdate(next, 1, step.delta(), step.objectives(), step.facts()));
        next++;
    }

    /** Ends the run and waits until all of it is in Kafka. */
    void finish() {
        long lost = publisher.finish(RunStatus.RUN_STATUS_FINISHED, next, "").failedRecords();
        if (lost > 0) {
            throw new IllegalStateException("Kafka did not accept " + lost + " records of the benchmark");
        }
    }

    /** Bytes that Kafka has acknowledged. */
    long bytes() {
        return publisher.report().bytes();
    }

    @Override
    public void close() {
        publisher.close();
    }

    private static ModelLayout layout(List<Integer> widths) {
        List<TensorLayout> tensors = new ArrayList<>();
        int offset = 0;
        for (int layer = 0; layer < widths.size() - 1; layer++) {
            int inputs = widths.get(layer);
            int units = widths.get(layer + 1);
            String name = "fc" + (layer + 1);
            tensors.add(new TensorLayout(
                    name + "_W", name, layer, ParameterRole.PARAMETER_ROLE_WEIGHT, offset, inputs * units, inputs, 0));
            offset += inputs * units;
            tensors.add(
                    new TensorLayout(name + "_b", name, layer, ParameterRole.PARAMETER_ROLE_BIAS, offset, units, 1, 0));
            offset += units;
        }
        return new ModelLayout(offset, tensors);
    }

    private static StepUpdate step(Random random, int length) {
        float[][] vectors = new float[4][length];
        for (float[] vector : vectors) {
            for (int i = 0; i < length; i++) {
                vector[i] = (float) (random.nextGaussian() / length);
            }
        }
        double lossChange = 0;
        for (int i = 0; i < length; i++) {
            lossChange += vectors[0][i] * (vectors[1][i] + 4.0 * vectors[2][i] + vectors[3][i]) / 6;
        }
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        for (int node = 1; node < vectors.length; node++) {
            nodes.add(Optional.of(FlatVector.of(vectors[node])));
        }
        ObjectiveStep objective = new ObjectiveStep(
                "train",
                1,
                ObjectiveKind.OBJECTIVE_KIND_FIXED,
                0,
                lossChange,
                new SegmentGradient.Nodes(nodes),
                false,
                Optional.empty());
        return new StepUpdate(0, 1, FlatVector.of(vectors[0]), List.of(objective), StepFacts.getDefaultInstance());
    }
}
