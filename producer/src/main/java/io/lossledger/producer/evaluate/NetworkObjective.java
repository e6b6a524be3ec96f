package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.step.FlatVector;

/** The mean loss of a network over a fixed data set. */
public record NetworkObjective(String name, double weight, PreparedData data, GradientEvaluator evaluator)
        implements Objective {
    @Override
    public int examples() {
        return data.examples();
    }

    @Override
    public Evaluation evaluate(FlatVector parameters) {
        return evaluator.evaluate(data, parameters);
    }
}
