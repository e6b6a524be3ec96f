package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective;

/** The mean loss of a network over a fixed data set. */
record NetworkObjective(String name, double weight, PreparedData data, GradientEvaluator evaluator)
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
