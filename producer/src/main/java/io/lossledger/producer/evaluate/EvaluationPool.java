package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.measure.Objective;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Evaluates the losses of a DL4J network (layer by layer or graph) at any parameters. Several threads share the work;
 * all objectives of a run use the same pool. The pool only reads the user's network: when it is created, and when it
 * gets its first data and chooses the evaluator. With DL4J's layers the result depends on the number of threads, but
 * only through rounding; with BLAS it does not depend on it. Memory: see {@link
 * io.lossledger.producer.blas.NetworkEngine}; DL4J's layers need a network and two vectors for each thread. While BLAS
 * evaluates, it uses one thread for each product in the whole process. To be called by one thread at a time.
 */
public final class EvaluationPool implements AutoCloseable {
    /** Large enough for fast matrix products, small enough to share between threads. */
    public static final int CHUNK_EXAMPLES = 500;

    private static final int LOSS_EXAMPLES = 64;

    private final ElementType type;
    private final int inputs;
    private final int outputs;
    private final boolean batchStatistics;
    private final int chunkExamples;
    private final LabelCheck labelCheck;
    private final EvaluatorSelection selection;
    private @Nullable GradientEvaluator evaluator;

    /** Whether the gradient has been checked on data with mask arrays. */
    private boolean masksChecked;

    /** The shape of an example of the first data. */
    private long[] example = {};

    /**
     * Creates a pool that chooses the evaluator and first compares it with DL4J's layers.
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
     * Creates a pool with a given evaluator.
     *
     * @param choice what evaluates
     * @param verify whether gradients are checked on the first data: DL4J's against finite differences, and any other
     *     evaluator's against DL4J's
     * @throws IllegalArgumentException when the network does not end in layers with a loss
     */
    public EvaluationPool(Model network, int threadCount, ElementType type, EvaluatorChoice choice, boolean verify) {
        this(network, threadCount, type, choice, verify, CHUNK_EXAMPLES);
    }

    /**
     * Creates a pool with a given evaluator and chunk size.
     *
     * @param chunkExamples examples that are evaluated together, at least 1; with batch norm this is the batch of the
     *     batch statistics, and so part of every objective's definition
     */
    public EvaluationPool(
            Model network,
            int threadCount,
            ElementType type,
            EvaluatorChoice choice,
            boolean verify,
            int chunkExamples) {
        if (chunkExamples < 1) {
            throw new IllegalArgumentException("chunk-examples: must be at least 1. Found: " + chunkExamples);
        }
        if (threadCount < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + threadCount);
        }
        NetworkRequirements.check(network);
        this.type = type;
        this.inputs = network instanceof ComputationGraph graph ? graph.getNumInputArrays() : 1;
        this.outputs = network instanceof ComputationGraph graph ? graph.getNumOutputArrays() : 1;
        ModelLayout layout = NetworkLayout.of(network);
        this.batchStatistics = layout.parameters() < layout.vectorLength();
        this.chunkExamples = chunkExamples;
        this.labelCheck = LabelCheck.of(network);
        this.selection = new EvaluatorSelection(network, threadCount, type, choice, verify, BlasEvaluator::of);
    }

    /**
     * The mean loss over a fixed data set, in chunks of the pool's size. Evaluates the loss once, on some of the
     * examples.
     *
     * @param weight weight in a sum of objectives
     * @param data features and labels, one example per row, with or without mask arrays; copied
     * @throws IllegalArgumentException when the network cannot evaluate the data, its loss is not finite, or its
     *     gradient is not the slope of the loss; when the chosen evaluator does not support the network or disagrees
     *     with DL4J
     */
    public Objective objective(String name, double weight, DataSet data) {
        return objective(name, weight, data, chunkExamples);
    }

    /**
     * The same with another chunk size.
     *
     * @param chunkExamples examples evaluated together, at least 1
     */
    public Objective objective(String name, double weight, DataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /**
     * The same for a network with several inputs or outputs.
     *
     * @param data one array of features for each input and one of labels for each output, with one example per row;
     *     copied
     */
    public Objective objective(String name, double weight, MultiDataSet data) {
        return objective(name, weight, data, chunkExamples);
    }

    /** The same with another chunk size. */
    public Objective objective(String name, double weight, MultiDataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /**
     * The mean loss over a set, estimated on a new sample for each step. Draws the first sample at once and evaluates
     * its loss.
     *
     * @throws IllegalArgumentException as for a fixed data set; also when the network has batch norm and half of a
     *     sample is not a multiple of the pool's chunk size, because this would estimate a different loss
     */
    public SampledObjective sampled(String name, double weight, SampleSource source) {
        int half = source.sampleExamples() / 2;
        if (batchStatistics && half % chunkExamples != 0) {
            throw new IllegalArgumentException("objective " + name
                    + ": half of a sample must be a multiple of chunk-examples,"
                    + " " + chunkExamples + ", because batch norm takes its statistics over that many examples. Found: "
                    + half);
        }
        SampledNetworkObjective objective = new SampledNetworkObjective(name, weight, source, this);
        Batch first = objective.drawAhead();
        labelCheck.check("objective " + name, first);
        GradientEvaluator chosen = evaluator(name, first);
        requireLoss(name, first, chosen);
        chosen.prepareBeside(first, chunkExamples(first.examples())).close(); // refused now, and not at every step
        return objective;
    }

    /**
     * The number of examples that an objective of a pool evaluates together: as many as requested, at most all, and at
     * most 64 if DL4J's layers evaluate PReLU.
     *
     * @throws IllegalArgumentException when the objective does not come from a pool
     */
    public static int chunkExamples(Objective objective) {
        if (objective instanceof NetworkObjective network) {
            return network.data().chunkExamples();
        }
        throw new IllegalArgumentException("objective: must be made by a pool. Found: " + objective.name());
    }

    /**
     * The number of examples that an objective of a pool for this network would evaluate together.
     *
     * @param wanted chunk size of the pool
     * @param examples examples of the objective
     */
    public static int chunkExamples(Model network, int wanted, int examples) {
        return Math.min(examples, Math.min(wanted, LayerEvaluator.mostAtOnce(network)));
    }

    /** The name of the evaluator; empty until there are data. */
    public Optional<String> evaluatorName() {
        return Optional.ofNullable(evaluator).map(GradientEvaluator::name);
    }

    /** Whether the loss of an example depends on the other examples, because the network has batch norm. */
    boolean hasBatchStatistics() {
        return batchStatistics;
    }

    /** The number of examples, out of a total, that are evaluated together. */
    int chunkExamples(int examples) {
        return batchStatistics ? Math.min(chunkExamples, examples) : examples;
    }

    /** The precision of the evaluation. */
    ElementType precision() {
        return type;
    }

    /** Prepares data for {@link #evaluateEach}, as one chunk if that does not change the loss. */
    PreparedData prepare(String name, DataSet data) {
        Batch whole = batch(name, data);
        return evaluator(name, whole).prepareBeside(whole, chunkExamples(whole.examples()));
    }

    /**
     * Prepares examples that are read in place; empty when the evaluator cannot, or there were no data before.
     *
     * @param indices which examples, in this order
     */
    Optional<PreparedData> prepare(Examples examples, int[] indices) {
        return evaluator == null
                ? Optional.empty()
                : evaluator.prepareBeside(examples, indices, chunkExamples(indices.length));
    }

    /** Answers each request separately, side by side if possible. */
    List<Evaluation> evaluateEach(List<Request> requests) {
        if (evaluator == null) {
            throw new IllegalStateException("There are no data yet");
        }
        return evaluator.evaluateEach(requests);
    }

    @Override
    public void close() {
        if (evaluator != null) {
            evaluator.close();
        }
    }

    private Objective objective(String name, double weight, Batch data, int chunk) {
        labelCheck.check("objective " + name, data);
        GradientEvaluator chosen = evaluator(name, data);
        Objective objective = new NetworkObjective(name, weight, chosen.prepare(data, chunk), chosen);
        requireLoss(name, data, chosen);
        return objective;
    }

    private GradientEvaluator evaluator(String name, Batch data) {
        if (evaluator == null) {
            evaluator = evaluating(name, data, () -> selection.choose(data));
            example = data.exampleShape();
            masksChecked = data.hasMasks();
        } else if (data.hasMasks() && !masksChecked && evaluator instanceof LayerEvaluator) {
            evaluating(name, data, () -> {
                selection.check(data);
                return true;
            });
            masksChecked = true;
        }
        if (!(evaluator instanceof LayerEvaluator) && !Arrays.equals(example, data.exampleShape())) {
            throw new IllegalArgumentException("data: must have examples of shape " + Arrays.toString(example)
                    + ", like the first data of this ledger, unless the evaluator is dl4j. Found: "
                    + Arrays.toString(data.exampleShape()));
        }
        return evaluator;
    }

    /** Evaluates once, so that unsuitable data are refused now, and not at every step. */
    private void requireLoss(String name, Batch data, GradientEvaluator chosen) {
        Batch sample = data.sample(LOSS_EXAMPLES);
        double loss = evaluating(name, data, () -> {
            try (PreparedData prepared = chosen.prepare(sample, sample.examples())) {
                return chosen.evaluate(
                                prepared,
                                FlatVector.of(
                                        type,
                                        FlatArrays.toDoubles(selection.network().params())))
                        .loss();
            }
        });
        EvaluatorSelection.requireFinite(loss);
    }

    private static <T> T evaluating(String name, Batch data, Supplier<T> evaluation) {
        try {
            return evaluation.get();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "objective " + name + ": must be data that the network takes. Found: " + data + ". DL4J says: "
                            + ExceptionUtils.getRootCause(e).getMessage(),
                    e);
        }
    }

    Batch batch(String owner, @Nullable DataSet data) {
        if (data == null || isEmpty(data.getFeatures()) || isEmpty(data.getLabels())) {
            throw noExamples(owner);
        }
        require(owner, 1, 1);
        return Batch.of(data, LayerEvaluator.precision(type));
    }

    private Batch batch(String owner, @Nullable MultiDataSet data) {
        if (data == null || isEmpty(data.getFeatures()) || isEmpty(data.getLabels())) {
            throw noExamples(owner);
        }
        require(owner, data.numFeatureArrays(), data.numLabelsArrays());
        return Batch.of(data, LayerEvaluator.precision(type));
    }

    private static boolean isEmpty(@Nullable INDArray @Nullable ... arrays) {
        return arrays == null
                || arrays.length == 0
                || Arrays.stream(arrays).anyMatch(array -> array == null || array.isEmpty());
    }

    private static IllegalArgumentException noExamples(String owner) {
        return new IllegalArgumentException(
                owner + ": must have at least one example, with features and labels. Found: none");
    }

    private void require(String owner, int features, int labels) {
        if (features != inputs || labels != outputs) {
            throw new IllegalArgumentException(owner + ": must have " + inputs + " arrays of features and " + outputs
                    + " of labels, as the network. Found: " + features + " and " + labels);
        }
    }
}
