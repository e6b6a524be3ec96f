package io.lossledger.streams.topology;

import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;

/**
 * Updates of a small model in two chunks: tensor 0 is a weight matrix of two units with two inputs each in layer "first",
 * tensor 1 the two biases of the same units.
 */
public final class Updates {
    static final int CHUNKS = 2;
    static final long SESSION = 3;

    private Updates() {}

    /** The weights' chunk: A = delta · (g0 + 4 g1 + g2) / 6 for each parameter. */
    public static Update weights(String run, int step, double[] delta, double[]... nodes) {
        return chunk(run, step, 0, 0, tensor("0_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 2, delta, nodes));
    }

    public static Update biases(String run, int step, double[] delta, double[]... nodes) {
        return chunk(run, step, 1, 1, tensor("0_b", ParameterRole.PARAMETER_ROLE_BIAS, 1, delta, nodes));
    }

    /** Both chunks of a step whose A are 1, -2, 3, -4 for the weights and 0, 5 for the biases, all scaled. */
    public static Update[] step(String run, int step, double scale) {
        return new Update[] {
            weights(run, step, new double[] {1, -2, 3, -4}, fill(4, scale), fill(4, scale), fill(4, scale)),
            biases(run, step, new double[] {0, 5}, fill(2, scale), fill(2, scale), fill(2, scale))
        };
    }

    /** A step of a model with a layer of one parameter for each LCA given; the loss changes by their sum. */
    public static Update[] layers(String run, int step, double... lca) {
        double sum = 0;
        for (double a : lca) {
            sum += a;
        }
        Update[] updates = new Update[lca.length];
        for (int i = 0; i < lca.length; i++) {
            double[] delta = {lca[i]};
            TensorChunk.Builder tensor = tensor(
                            i + "_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 1, delta, fill(1, 1), fill(1, 1), fill(1, 1))
                    .setLayer("layer" + i)
                    .setLayerIndex(i);
            tensor.getObjectivesBuilder(0).setLossStart(1).setLossEnd(1 + sum);
            updates[i] = chunk(run, step, i, i, tensor).toBuilder()
                    .setChunksInStep(lca.length)
                    .build();
        }
        return updates;
    }

    public static Update[] end(String run, int step) {
        RunFinished finished = RunFinished.newBuilder()
                .setOutcome(RunStatus.RUN_STATUS_FINISHED)
                .build();
        Update.Builder marker = Update.newBuilder()
                .setRun(run)
                .setStep(step)
                .setSession(SESSION)
                .setChunksInStep(CHUNKS)
                .setFinished(finished);
        return new Update[] {
            marker.build(), marker.clone().setTensor(1).setChunk(1).build()
        };
    }

    public static Update chunk(String run, int step, int tensor, int chunk, TensorChunk.Builder body) {
        return Update.newBuilder()
                .setRun(run)
                .setStep(step)
                .setTensor(tensor)
                .setChunk(chunk)
                .setSession(SESSION)
                .setChunksInStep(CHUNKS)
                .setTensorChunk(body)
                .build();
    }

    public static TensorChunk.Builder tensor(
            String name, ParameterRole role, int parametersPerUnit, double[] delta, double[]... nodes) {
        NodeGradients.Builder gradients = NodeGradients.newBuilder();
        for (double[] node : nodes) {
            gradients.addNode(VectorBytes.encode(node, 0, node.length));
        }
        return TensorChunk.newBuilder()
                .setTensorName(name)
                .setLayer("first")
                .setRole(role)
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT64)
                .setCount(delta.length)
                .setParametersPerUnit(parametersPerUnit)
                .setDelta(VectorBytes.encode(delta, 0, delta.length))
                .addObjectives(ObjectiveChunk.newBuilder()
                        .setName("train")
                        .setWeight(1)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .setLossStart(10)
                        .setLossEnd(13)
                        .setNodes(gradients));
    }

    public static double[] fill(int count, double value) {
        double[] vector = new double[count];
        java.util.Arrays.fill(vector, value);
        return vector;
    }
}
