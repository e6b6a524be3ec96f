package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;

/** DL4J's layers under another name, with losses and gradients that are off by a factor. Says whether it is closed. */
final class FaultyEvaluator implements GradientEvaluator {
    private final LayerEvaluator layers;
    private final ElementType type;
    private final double lossFactor;
    private final double gradientFactor;
    /** The only tensor that is off; none: all. */
    private final @Nullable TensorLayout tensor;

    boolean closed;

    FaultyEvaluator(Model network, ElementType type, double lossFactor, double gradientFactor) {
        this(network, type, lossFactor, gradientFactor, null);
    }

    FaultyEvaluator(
            Model network, ElementType type, double lossFactor, double gradientFactor, @Nullable TensorLayout tensor) {
        this.tensor = tensor;
        this.layers = new LayerEvaluator(network, 1, type);
        this.type = type;
        this.lossFactor = lossFactor;
        this.gradientFactor = gradientFactor;
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public PreparedData prepare(Batch data, int chunkExamples) {
        return layers.prepare(data, chunkExamples);
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector parameters) {
        return faulty(layers.evaluate(data, parameters));
    }

    @Override
    public PreparedData prepareBeside(Batch data, int chunkExamples) {
        return prepare(data, chunkExamples);
    }

    @Override
    public List<Evaluation> evaluateEach(List<Request> requests) {
        return layers.evaluateEach(requests).stream().map(this::faulty).toList();
    }

    @Override
    public void close() {
        layers.close();
        closed = true;
    }

    private Evaluation faulty(Evaluation right) {
        double[] gradient = right.gradient().toDoubles();
        int from = tensor == null ? 0 : tensor.offset();
        int to = tensor == null ? gradient.length : tensor.offset() + tensor.count();
        for (int i = from; i < to; i++) {
            gradient[i] *= gradientFactor;
        }
        return new Evaluation(lossFactor * right.loss(), FlatVector.of(type, gradient));
    }
}
