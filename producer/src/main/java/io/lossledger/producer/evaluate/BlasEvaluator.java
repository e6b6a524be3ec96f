package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine;
import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.NetworkPlan;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.blas.kernel.Rows;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import java.util.Optional;

/** Evaluates with matrix products; for networks that have a plan. */
final class BlasEvaluator implements GradientEvaluator {
    /** The name in the ledger. */
    static final String NAME = "blas";

    private final int inputs;
    private final int outputs;
    private final NetworkEngine engine;

    private BlasEvaluator(NetworkPlan plan, NetworkEngine engine) {
        this.inputs = plan.input().size();
        this.outputs = plan.shape(plan.nodes().size() - 1).size();
        this.engine = engine;
    }

    /**
     * Allocates memory and starts threads.
     *
     * @param threads at least 1
     */
    static GradientEvaluator of(NetworkPlan plan, int threads, ElementType type) {
        return new BlasEvaluator(plan, NetworkEngine.of(plan, type, threads));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PreparedData prepare(Batch data, int chunkExamples) {
        return prepare(data, chunkExamples, engine::pack);
    }

    @Override
    public PreparedData prepareBeside(Batch data, int chunkExamples) {
        return prepare(data, chunkExamples, engine::packBeside);
    }

    @Override
    public Optional<PreparedData> prepareBeside(Examples examples, int[] indices, int chunkExamples) {
        Rows features = new IndexedRows(indices, examples.featureCount(), examples::readFeatures);
        Rows labels = new IndexedRows(indices, examples.labelCount(), examples::readLabels);
        return Optional.of(prepare(features, labels, indices.length, chunkExamples, engine::packBeside));
    }

    private interface Packing {
        PreparedData pack(Rows features, Rows labels, int examples, int chunkExamples);
    }

    private PreparedData prepare(Batch data, int chunkExamples, Packing packing) {
        if (chunkExamples < 1) {
            throw new IllegalArgumentException("chunkExamples: must be at least 1. Found: " + chunkExamples);
        }
        if (data.hasMasks()) {
            throw new IllegalArgumentException(
                    "evaluator: must be dl4j for data with mask arrays. Found: blas, which an earlier objective has chosen");
        }
        return prepare(
                new ArrayRows(data.features()[0]),
                new ArrayRows(data.labels()[0]),
                data.examples(),
                chunkExamples,
                packing);
    }

    private PreparedData prepare(Rows features, Rows labels, int examples, int chunkExamples, Packing packing) {
        require("features", inputs, features.width());
        require("labels", outputs, labels.width());
        PreparedData packed;
        try {
            packed = packing.pack(features, labels, examples, chunkExamples);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "evaluator: must have memory for " + examples
                            + " examples. Give Java more (-Xmx) or use dl4j. Found: blas, and " + e.getMessage(),
                    e);
        }
        if (packed.chunkExamples() < Math.min(chunkExamples, examples)) {
            int fitting = packed.chunkExamples();
            packed.close();
            throw new IllegalArgumentException(
                    "chunk-examples: must fit in half of the heap, because batch norm takes its"
                            + " statistics over that many examples. Give Java more memory (-Xmx), or set chunk-examples to "
                            + fitting + " or less. Found: " + chunkExamples);
        }
        return packed;
    }

    private static void require(String name, int expected, int found) {
        if (found != expected) {
            throw new IllegalArgumentException(name + ": must have " + expected
                    + " numbers for each example, unless the evaluator is dl4j. Found: "
                    + found);
        }
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector parameters) {
        return engine.evaluate(data, parameters);
    }

    @Override
    public List<Evaluation> evaluateEach(List<Request> requests) {
        return engine.evaluateEach(requests);
    }

    @Override
    public void close() {
        engine.close();
    }
}
