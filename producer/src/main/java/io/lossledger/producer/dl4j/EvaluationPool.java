package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.ModelLayout;
import io.lossledger.producer.Objective;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.SampledObjective;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Evaluates the losses of a DL4J network, layer by layer or graph, at any parameters. Several threads share the work; all
 * objectives of a run use the same pool. The user's network is only read, when the pool is made and when it gets its first
 * data: then it is chosen what evaluates. The result depends on the number of threads by rounding only, if DL4J's layers
 * evaluate, and not at all otherwise. Memory: see {@link io.lossledger.producer.blas.NetworkEngine}; with DL4J's layers a network
 * and two vectors for each thread. While BLAS evaluates, it uses one thread for each product in the whole process. To be called
 * by one thread at a time.
 */
public final class EvaluationPool implements AutoCloseable {
    private final ElementType type;
    private final int inputs;
    private final int outputs;
    private final boolean batchStatistics;
    private final EvaluatorSelection selection;
    private @Nullable GradientEvaluator evaluator;
    /** Shape of the examples of the first data, without a batch. */
    private long[] example = {};

    /**
     * Makes a pool that chooses by itself what evaluates, and compares it with DL4J's layers first.
     *
     * @param network a {@code MultiLayerNetwork} or a {@code ComputationGraph}, initialised
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when the network does not end in layers with a loss
     */
    public EvaluationPool(Model network, int threadCount, ElementType type) {
        this(network, threadCount, type, EvaluatorChoice.AUTO, true);
    }

    /**
     * The same with a choice.
     *
     * @param choice what evaluates
     * @param verify whether anything but DL4J's layers is compared with them on the first data
     * @throws IllegalArgumentException when the network does not end in layers with a loss
     */
    public EvaluationPool(Model network, int threadCount, ElementType type, EvaluatorChoice choice, boolean verify) {
        if (threadCount < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + threadCount);
        }
        NetworkRequirements.check(network);
        this.type = type;
        this.inputs = network instanceof ComputationGraph graph ? graph.getNumInputArrays() : 1;
        this.outputs = network instanceof ComputationGraph graph ? graph.getNumOutputArrays() : 1;
        ModelLayout layout = NetworkLayout.of(network);
        this.batchStatistics = layout.parameters() < layout.vectorLength();
        this.selection = new EvaluatorSelection(network, threadCount, type, choice, verify, BlasEvaluator::of);
    }

    /**
     * The mean loss over a fixed data set. It is cut into equal chunks that are evaluated together; with batch norm they are
     * the batches of the batch statistics, so their size is part of the objective.
     *
     * @param weight weight in a sum of objectives
     * @param data features and labels, one example a row; copied
     * @param chunkExamples examples evaluated together, at least 1
     * @throws IllegalArgumentException when the data set has mask arrays, or the network several inputs or outputs; when these
     *     are the first data and the evaluator that was asked for does not know the network or disagrees with DL4J
     */
    public Objective objective(String name, double weight, DataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /**
     * The same for a network with several inputs or outputs.
     *
     * @param data an array of features for each input and of labels for each output, one example a row; copied
     * @throws IllegalArgumentException when the data set has mask arrays, or not as many arrays as the network, and as above
     */
    public Objective objective(String name, double weight, MultiDataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /**
     * The mean loss over a set, estimated on a sample that is drawn anew for each step. The first sample is drawn at once when
     * the pool has had no data yet.
     *
     * @throws IllegalArgumentException when the evaluator that was asked for does not know the network or disagrees with DL4J
     */
    public SampledObjective sampled(String name, double weight, SampleSource source) {
        SampledNetworkObjective objective = new SampledNetworkObjective(name, weight, source, this);
        if (evaluator == null) {
            evaluator(objective.drawAhead());
        }
        return objective;
    }

    /**
     * Examples that an objective of a pool evaluates together: as many as were asked for, unless memory is scarce.
     *
     * @throws IllegalArgumentException when no pool has made the objective
     */
    public static int chunkExamples(Objective objective) {
        if (objective instanceof NetworkObjective network) {
            return network.data().chunkExamples();
        }
        throw new IllegalArgumentException("objective: must be made by a pool. Found: " + objective.name());
    }

    /** Name of what evaluates; empty until there are data. */
    public Optional<String> evaluatorName() {
        return Optional.ofNullable(evaluator).map(GradientEvaluator::name);
    }

    /** Whether the loss of an example depends on those beside it: batch norm is in the network. */
    boolean hasBatchStatistics() {
        return batchStatistics;
    }

    /** Precision of the evaluation. */
    ElementType precision() {
        return type;
    }

    Batch batch(DataSet data) {
        return batch("batch", data);
    }

    /** Lays data out as one chunk. */
    PreparedData prepare(DataSet data) {
        Batch whole = batch("batch", data);
        return evaluator(whole).prepare(whole, whole.examples());
    }

    /** The mean loss over each on its own, and its gradient. */
    List<Evaluation> evaluateEach(List<PreparedData> data, FlatVector parameters) {
        if (evaluator == null) {
            throw new IllegalStateException("There are no data yet");
        }
        return evaluator.evaluateEach(data, parameters);
    }

    @Override
    public void close() {
        if (evaluator != null) {
            evaluator.close();
        }
    }

    private Objective objective(String name, double weight, Batch data, int chunkExamples) {
        GradientEvaluator chosen = evaluator(data);
        return new NetworkObjective(name, weight, chosen.prepare(data, chunkExamples), chosen);
    }

    private GradientEvaluator evaluator(Batch data) {
        if (evaluator == null) {
            evaluator = selection.choose(data);
            example = data.exampleShape();
        }
        if (!(evaluator instanceof LayerEvaluator) && !Arrays.equals(example, data.exampleShape())) {
            throw new IllegalArgumentException("data: must have examples of shape " + Arrays.toString(example)
                    + ", as the first data of this ledger, or the evaluator be dl4j. Found: "
                    + Arrays.toString(data.exampleShape()));
        }
        return evaluator;
    }

    private Batch batch(String owner, DataSet data) {
        require(owner, data.hasMaskArrays(), 1, 1);
        return Batch.of(data, LayerEvaluator.precision(type));
    }

    private Batch batch(String owner, MultiDataSet data) {
        require(owner, data.hasMaskArrays(), data.numFeatureArrays(), data.numLabelsArrays());
        return Batch.of(data, LayerEvaluator.precision(type));
    }

    private void require(String owner, boolean masks, int features, int labels) {
        if (masks) {
            throw new IllegalArgumentException(
                    owner + ": must be a data set without mask arrays. Found: one with them");
        }
        if (features != inputs || labels != outputs) {
            throw new IllegalArgumentException(owner + ": must have " + inputs + " arrays of features and " + outputs
                    + " of labels, as the network. Found: " + features + " and " + labels);
        }
    }
}
