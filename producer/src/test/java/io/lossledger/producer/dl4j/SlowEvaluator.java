package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.SlowNetwork;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;

/** Evaluates a plan by its definition, chunk by chunk: what a fast evaluator of plans is to do. */
final class SlowEvaluator implements GradientEvaluator {
    private final SlowNetwork network;
    private final ElementType type;

    SlowEvaluator(NetworkPlan plan, int threads, ElementType type) {
        this.network = new SlowNetwork(plan);
        this.type = type;
    }

    private record Chunks(List<Batch> batches, int examples) implements PreparedData {
        @Override
        public int chunkExamples() {
            return batches.get(0).examples();
        }
    }

    @Override
    public String name() {
        return "slow";
    }

    @Override
    public PreparedData prepare(Batch data, int chunkExamples) {
        return new Chunks(data.cut(chunkExamples), data.examples());
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector parameters) {
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (Batch chunk : ((Chunks) data).batches()) {
            double share = (double) chunk.examples() / data.examples();
            Evaluation part = evaluate(chunk, parameters);
            loss += share * part.loss();
            part.gradient().addScaledTo(gradient, share);
        }
        return new Evaluation(loss, FlatVector.of(type, gradient));
    }

    @Override
    public List<Evaluation> evaluateEach(List<Batch> batches, FlatVector parameters) {
        return batches.stream().map(batch -> evaluate(batch, parameters)).toList();
    }

    @Override
    public void close() {}

    private Evaluation evaluate(Batch batch, FlatVector parameters) {
        SlowNetwork.Result result = network.evaluate(
                parameters.toDoubles(), PlanAgreement.rows(batch.features()[0]), PlanAgreement.rows(batch.labels()[0]));
        return new Evaluation(result.loss(), FlatVector.of(type, result.gradient()));
    }
}
