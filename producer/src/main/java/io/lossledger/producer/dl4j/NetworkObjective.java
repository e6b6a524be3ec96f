package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective;
import java.util.List;

/** The mean loss of a network over chunks of examples. */
record NetworkObjective(String name, double weight, int examples, List<Batch> chunks, EvaluationPool pool)
        implements Objective {
    @Override
    public Evaluation evaluate(FlatVector parameters) {
        return pool.evaluate(chunks, examples, parameters);
    }
}
