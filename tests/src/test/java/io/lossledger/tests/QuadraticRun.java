package io.lossledger.tests;

import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.NodeGradients;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import java.util.List;

/**
 * Gradient descent at rate 1 on L = sum over i of h x²/2, from x = 1, where h is 1/2, 3/2, 3 and 0 in turn. Then
 * x(t) = (1 - h)^t, A = h (x(t+1)² - x(t)²) / 2, and a parameter hurts exactly when h > 2. All layers are alike: one tensor
 * each. Chunks are made one by one as they are sent. Up to seven steps, floats hold every number exactly.
 *
 * @param parameters of each layer
 * @param chunkParameters parameters of a chunk
 * @param unitParameters parameters of a unit
 * @param firstStep number of the first step
 */
record QuadraticRun(String name, int layers, int parameters, int chunkParameters, int unitParameters, int firstStep) {
    private static final double[] CURVATURE = {0.5, 1.5, 3, 0};

    /** Sends all chunks of a step, 0-based. */
    void send(RawProducer producer, int step) {
        int chunk = 0;
        for (int layer = 0; layer < layers; layer++) {
            for (int offset = 0; offset < parameters; offset += chunkParameters) {
                Update update = header(firstStep + step, layer, chunk++)
                        .setTensorChunk(tensor(step, layer, offset))
                        .build();
                producer.send(List.of(update), System.currentTimeMillis());
            }
        }
        producer.flush();
    }

    void end(RawProducer producer, int steps) {
        int chunk = 0;
        for (int layer = 0; layer < layers; layer++) {
            for (int offset = 0; offset < parameters; offset += chunkParameters) {
                Update marker = header(firstStep + steps, layer, chunk++)
                        .setFinished(RunFinished.newBuilder().setOutcome(RunStatus.RUN_STATUS_FINISHED))
                        .build();
                producer.send(List.of(marker), System.currentTimeMillis());
            }
        }
        producer.flush();
    }

    /** LCA of a layer in a step. */
    double lca(int step) {
        double sum = 0;
        for (int kind = 0; kind < 4; kind++) {
            sum += count(kind) * parameterLca(step, kind);
        }
        return sum;
    }

    /** Sum of the absolute LCA of a layer in a step: what rounding grows with. */
    double magnitude(int step) {
        double sum = 0;
        for (int kind = 0; kind < 4; kind++) {
            sum += count(kind) * Math.abs(parameterLca(step, kind));
        }
        return sum;
    }

    double unitLca(int step, int unit) {
        double sum = 0;
        for (int i = unitParameters * unit; i < Math.min(parameters, unitParameters * (unit + 1)); i++) {
            sum += parameterLca(step, i % 4);
        }
        return sum;
    }

    int units() {
        return (parameters + unitParameters - 1) / unitParameters;
    }

    /** Parameters of a layer with h = 1/2 or 3/2. */
    double helped() {
        return count(0) + count(1);
    }

    /** Parameters of a layer with h = 3. */
    double hurt() {
        return count(2);
    }

    private int count(int kind) {
        return (parameters + 3 - kind) / 4;
    }

    private static double parameterLca(int step, int kind) {
        return loss(step + 1, kind) - loss(step, kind);
    }

    private static double loss(int step, int kind) {
        double x = Math.pow(1 - CURVATURE[kind], step);
        return CURVATURE[kind] * x * x / 2;
    }

    private double modelLoss(int step) {
        double sum = 0;
        for (int kind = 0; kind < 4; kind++) {
            sum += (double) layers * count(kind) * loss(step, kind);
        }
        return sum;
    }

    private Update.Builder header(int step, int layer, int chunk) {
        int chunksInLayer = (parameters + chunkParameters - 1) / chunkParameters;
        return Update.newBuilder()
                .setRun(name)
                .setStep(step)
                .setFirstStep(firstStep)
                .setTensor(layer)
                .setChunk(chunk)
                .setChunksInStep(layers * chunksInLayer)
                .setSession(7);
    }

    private TensorChunk tensor(int step, int layer, int offset) {
        int count = Math.min(chunkParameters, parameters - offset);
        float[] delta = new float[count];
        float[][] gradients = new float[3][count];
        for (int i = 0; i < count; i++) {
            int kind = (offset + i) % 4;
            double start = Math.pow(1 - CURVATURE[kind], step);
            double end = Math.pow(1 - CURVATURE[kind], step + 1);
            delta[i] = (float) (end - start);
            gradients[0][i] = (float) (CURVATURE[kind] * start);
            gradients[1][i] = (float) (CURVATURE[kind] * (start + end) / 2);
            gradients[2][i] = (float) (CURVATURE[kind] * end);
        }
        NodeGradients.Builder nodes = NodeGradients.newBuilder();
        for (float[] gradient : gradients) {
            nodes.addNode(VectorBytes.encode(gradient, 0, count));
        }
        return TensorChunk.newBuilder()
                .setTensorName(layer + "_W")
                .setLayer("layer-" + layer)
                .setLayerIndex(layer)
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                .setOffset(offset)
                .setCount(count)
                .setParametersPerUnit(unitParameters)
                .setDelta(VectorBytes.encode(delta, 0, count))
                .addObjectives(ObjectiveChunk.newBuilder()
                        .setName("train")
                        .setWeight(1)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .setLossStart(modelLoss(step))
                        .setLossEnd(modelLoss(step + 1))
                        .setNodes(nodes))
                .build();
    }
}
