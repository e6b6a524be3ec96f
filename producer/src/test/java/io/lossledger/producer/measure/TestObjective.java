package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** An objective given by its formula, in float64; counts its evaluations. */
public final class TestObjective implements Objective {
    private final ToDoubleFunction<double[]> loss;
    private final Function<double[], double[]> gradient;
    private int evaluations;

    public TestObjective(ToDoubleFunction<double[]> loss, Function<double[], double[]> gradient) {
        this.loss = loss;
        this.gradient = gradient;
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public int examples() {
        return 1;
    }

    @Override
    public Evaluation evaluate(FlatVector parameters) {
        evaluations++;
        double[] at = parameters.toDoubles();
        return new Evaluation(loss.applyAsDouble(at), FlatVector.of(parameters.elementType(), gradient.apply(at)));
    }

    int evaluations() {
        return evaluations;
    }
}
