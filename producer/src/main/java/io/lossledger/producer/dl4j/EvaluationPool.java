package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.ModelLayout;
import io.lossledger.producer.Objective;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.SampledObjective;
import io.lossledger.protocol.v1.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Evaluates the losses of a DL4J network, layer by layer or graph, at any parameters. Several threads share the work, each
 * with its own copy of the network; all objectives of a run use the same pool. The user's network is only read, once, when
 * the pool is made. Losses and gradients are added up in double precision; the result depends on the number of threads by
 * rounding only. Memory: a network and two vectors for each thread. To be called by one thread at a time.
 */
public final class EvaluationPool implements AutoCloseable {
    private final ElementType type;
    private final DataType precision;
    private final int inputs;
    private final int outputs;
    private final boolean batchStatistics;
    private final List<EvaluationNetwork> networks;
    private final ExecutorService threads;

    /**
     * Copies the network.
     *
     * @param network a {@code MultiLayerNetwork} or a {@code ComputationGraph}, initialised
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when the network does not end in layers with a loss
     */
    public EvaluationPool(Model network, int threadCount, ElementType type) {
        if (threadCount < 1) {
            throw new IllegalArgumentException("threads: must be at least 1. Found: " + threadCount);
        }
        NetworkRequirements.check(network);
        this.type = type;
        this.precision = type == ElementType.ELEMENT_TYPE_FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
        this.inputs = network instanceof ComputationGraph graph ? graph.getNumInputArrays() : 1;
        this.outputs = network instanceof ComputationGraph graph ? graph.getNumOutputArrays() : 1;
        ModelLayout layout = NetworkLayout.of(network);
        this.batchStatistics = layout.parameters() < layout.vectorLength();
        this.threads = Executors.newFixedThreadPool(threadCount, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
        List<Callable<EvaluationNetwork>> tasks = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            // Making a network seeds its thread's random generator, which the user's thread needs for dropout.
            tasks.add(() -> EvaluationNetwork.of(network, precision));
        }
        try {
            this.networks = inThreads(tasks);
        } catch (RuntimeException e) {
            threads.shutdownNow();
            throw e;
        }
    }

    /**
     * The mean loss over a fixed data set. It is cut into equal chunks that are evaluated together; with batch norm they are
     * the batches of the batch statistics, so their size is part of the objective.
     *
     * @param weight weight in a sum of objectives
     * @param data features and labels, one example a row; copied
     * @param chunkExamples examples evaluated together, at least 1
     * @throws IllegalArgumentException when the data set has mask arrays, or the network several inputs or outputs
     */
    public Objective objective(String name, double weight, DataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /**
     * The same for a network with several inputs or outputs.
     *
     * @param data an array of features for each input and of labels for each output, one example a row; copied
     * @throws IllegalArgumentException when the data set has mask arrays, or not as many arrays as the network
     */
    public Objective objective(String name, double weight, MultiDataSet data, int chunkExamples) {
        return objective(name, weight, batch("objective " + name, data), chunkExamples);
    }

    /** The mean loss over a set, estimated on a sample that is drawn anew for each step. */
    public SampledObjective sampled(String name, double weight, SampleSource source) {
        return new SampledNetworkObjective(name, weight, source, this);
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

    Batch batch(MultiDataSet data) {
        return batch("batch", data);
    }

    /** The mean loss over the chunks, and its gradient. */
    Evaluation evaluate(List<Batch> chunks, int examples, FlatVector parameters) {
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (Sum part :
                inThreads(shares(chunks.size(), (network, indices) -> sum(network, chunks, indices, parameters)))) {
            loss += part.loss();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += part.gradient()[i];
            }
        }
        return mean(loss, gradient, examples);
    }

    /** The mean loss of each batch on its own, and its gradient. */
    List<Evaluation> evaluateEach(List<Batch> batches, FlatVector parameters) {
        Evaluation[] evaluations = new Evaluation[batches.size()];
        inThreads(shares(batches.size(), (network, indices) -> {
            network.setParameters(parameters);
            for (int index : indices) {
                double[] gradient = new double[parameters.length()];
                double loss = network.addTo(gradient, batches.get(index));
                evaluations[index] = mean(loss, gradient, batches.get(index).examples());
            }
            return true;
        }));
        return List.of(evaluations);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Objective objective(String name, double weight, Batch data, int chunkExamples) {
        return new NetworkObjective(name, weight, data.examples(), data.cut(chunkExamples), this);
    }

    private Batch batch(String owner, DataSet data) {
        require(owner, data.hasMaskArrays(), 1, 1);
        return Batch.of(data, precision);
    }

    private Batch batch(String owner, MultiDataSet data) {
        require(owner, data.hasMaskArrays(), data.numFeatureArrays(), data.numLabelsArrays());
        return Batch.of(data, precision);
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

    /** Shares indices out among the networks: index i goes to network i mod n. */
    private <T> List<Callable<T>> shares(int count, BiFunction<EvaluationNetwork, int[], T> task) {
        int used = Math.min(networks.size(), count);
        List<Callable<T>> tasks = new ArrayList<>();
        for (int worker = 0; worker < used; worker++) {
            EvaluationNetwork network = networks.get(worker);
            int[] indices = new int[(count - worker + used - 1) / used];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = worker + i * used;
            }
            tasks.add(() -> task.apply(network, indices));
        }
        return tasks;
    }

    private static Sum sum(EvaluationNetwork network, List<Batch> chunks, int[] indices, FlatVector parameters) {
        network.setParameters(parameters);
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (int index : indices) {
            loss += network.addTo(gradient, chunks.get(index));
        }
        return new Sum(loss, gradient);
    }

    private Evaluation mean(double loss, double[] gradient, int examples) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= examples;
        }
        return new Evaluation(loss / examples, FlatVector.of(type, gradient));
    }

    private <T> List<T> inThreads(List<Callable<T>> tasks) {
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while evaluating", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException mistake) {
                throw mistake;
            }
            throw new IllegalStateException("The network could not be evaluated: " + e.getCause(), e);
        }
        return results;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    private record Sum(double loss, double[] gradient) {}
}
