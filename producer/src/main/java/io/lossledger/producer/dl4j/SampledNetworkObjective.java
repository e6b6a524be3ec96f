package io.lossledger.producer.dl4j;

import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.SampledObjective;
import java.util.List;

/** The mean loss of a network over samples. */
record SampledNetworkObjective(String name, double weight, SampleSource source, EvaluationPool pool)
        implements SampledObjective {
    @Override
    public int examples() {
        return source.examples();
    }

    @Override
    public int sampleExamples() {
        return source.sampleExamples();
    }

    @Override
    public Sample draw() {
        List<Batch> halves = source.draw().stream().map(pool::batch).toList();
        return parameters -> {
            List<Evaluation> evaluations = pool.evaluateEach(halves, parameters);
            return new Halves(evaluations.get(0), evaluations.get(1));
        };
    }
}
