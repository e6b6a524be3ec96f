package io.lossledger.tests;

import com.google.protobuf.Timestamp;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A run that nobody trained: seeded vectors, two objectives and two update parts, one chunk a layer. The same arguments give
 * the same bytes.
 *
 * @param startMillis time of step 0; steps are a second apart
 */
record SyntheticRun(String name, int chunks, int parameters, long seed, long startMillis) {
    /** All chunks of one step, in order. */
    List<Update> step(int step) {
        List<Update> updates = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            updates.add(header(step, chunk)
                    .setFacts(facts(step))
                    .setTensorChunk(tensor(step, chunk))
                    .build());
        }
        return updates;
    }

    /** The markers that end the run before a step. */
    List<Update> end(int step) {
        List<Update> updates = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            RunFinished finished = RunFinished.newBuilder()
                    .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                    .build();
            updates.add(header(step, chunk).setFinished(finished).build());
        }
        return updates;
    }

    long timeMillis(int step) {
        return startMillis + 1_000L * step;
    }

    private Update.Builder header(int step, int chunk) {
        return Update.newBuilder()
                .setRun(name)
                .setStep(step)
                .setTensor(chunk)
                .setChunk(chunk)
                .setChunksInStep(chunks)
                .setSession(seed + 1);
    }

    private StepFacts facts(int step) {
        Timestamp time = Timestamps.fromMillis(timeMillis(step));
        return StepFacts.newBuilder()
                .setTime(time)
                .setMinibatchLoss(new Random(seed + step).nextDouble())
                .build();
    }

    private TensorChunk tensor(int step, int chunk) {
        Random random = new Random(seed + 1_000_003L * step + 7_919L * chunk);
        double[] momentum = gaussian(random, 1e-2);
        double[] gradient = gaussian(random, 1e-2);
        double[] delta = new double[parameters];
        for (int i = 0; i < parameters; i++) {
            delta[i] = momentum[i] + gradient[i];
        }
        return TensorChunk.newBuilder()
                .setTensorName(chunk + "_W")
                .setLayer("layer-" + chunk)
                .setLayerIndex(chunk)
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                .setCount(parameters)
                .setParametersPerUnit(5)
                .setDelta(bytes(delta))
                .addObjectives(objective("train", ObjectiveKind.OBJECTIVE_KIND_FIXED, step, random))
                .addObjectives(objective("sample", ObjectiveKind.OBJECTIVE_KIND_SAMPLED, step, random)
                        .setSamplingContrast(bytes(gaussian(random, 0.1))))
                .addParts(UpdatePart.newBuilder().setName("momentum").setDelta(bytes(momentum)))
                .addParts(UpdatePart.newBuilder().setName("gradient").setDelta(bytes(gradient)))
                .build();
    }

    private ObjectiveChunk.Builder objective(String objective, ObjectiveKind kind, int step, Random random) {
        NodeGradients.Builder nodes = NodeGradients.newBuilder();
        for (int node = 0; node < 3; node++) {
            nodes.addNode(bytes(gaussian(random, 1)));
        }
        return ObjectiveChunk.newBuilder()
                .setName(objective)
                .setWeight(1)
                .setKind(kind)
                .setLossStart(loss(objective, step))
                .setLossEnd(loss(objective, step + 1))
                .setNodes(nodes);
    }

    private double loss(String objective, int step) {
        return new Random(seed + 31L * step + objective.hashCode()).nextDouble();
    }

    private double[] gaussian(Random random, double scale) {
        double[] vector = new double[parameters];
        for (int i = 0; i < parameters; i++) {
            vector[i] = scale * random.nextGaussian();
        }
        return vector;
    }

    private static com.google.protobuf.ByteString bytes(double[] vector) {
        return VectorBytes.encode(vector, 0, vector.length);
    }
}
