package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.protocol.v1.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Evaluates the losses of a DL4J network at any parameters. Several threads share the work, each with its own copy of the
 * network; all objectives of a run use the same pool. The user's network is only read, once, when the pool is made. Losses
 * and gradients are added up in double precision; the result depends on the number of threads by rounding only. Memory:
 * a network and two vectors for each thread. To be called by one thread at a time.
 */
public final class EvaluationPool implements AutoCloseable {
    private final ElementType type;
    private final DataType precision;
    private final List<MultiLayerNetwork> networks;
    private final ExecutorService threads;

    /**
     * Copies the network.
     *
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when the network does not end in a layer with a loss
     */
    public EvaluationPool(MultiLayerNetwork network, int threadCount, ElementType type) {
        if (!(network.getOutputLayer() instanceof IOutputLayer)) {
            throw new IllegalArgumentException("network: must end in a layer with a loss, such as OutputLayer. Found: "
                    + network.getOutputLayer().getClass().getSimpleName());
        }
        this.type = type;
        this.precision = type == ElementType.ELEMENT_TYPE_FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
        this.threads = Executors.newFixedThreadPool(threadCount, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
        List<Callable<MultiLayerNetwork>> tasks = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            // Making a network seeds its thread's random generator, which the user's thread needs for dropout.
            tasks.add(() -> EvaluationNetwork.of(network, precision));
        }
        this.networks = inThreads(tasks);
    }

    /**
     * The mean loss over a fixed data set. It is cut into equal chunks that are evaluated together; with batch norm they are
     * the batches of the batch statistics, so their size is part of the objective.
     *
     * @param weight weight in a sum of objectives
     * @param data features and labels, one example a row; not changed afterwards
     * @param chunkExamples examples evaluated together, at least 1
     * @throws IllegalArgumentException when the data set has mask arrays
     */
    public Objective objective(String name, double weight, DataSet data, int chunkExamples) {
        if (data.hasMaskArrays()) {
            throw new IllegalArgumentException(
                    "objective " + name + ": must be a data set without mask arrays. Found: one with them");
        }
        List<DataSet> chunks = new ArrayList<>();
        for (DataSet chunk : data.batchBy(chunkExamples)) {
            chunks.add(new DataSet(
                    chunk.getFeatures().castTo(precision), chunk.getLabels().castTo(precision)));
        }
        return new NetworkObjective(name, weight, data.numExamples(), chunks, this);
    }

    /** The mean loss over the chunks, and its gradient. */
    Evaluation evaluate(List<DataSet> chunks, int examples, FlatVector parameters) {
        int used = Math.min(networks.size(), chunks.size());
        List<Callable<Sum>> tasks = new ArrayList<>();
        for (int worker = 0; worker < used; worker++) {
            int first = worker;
            tasks.add(() -> sum(networks.get(first), chunks, first, used, parameters));
        }
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (Sum part : inThreads(tasks)) {
            loss += part.loss();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += part.gradient()[i];
            }
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= examples;
        }
        return new Evaluation(loss / examples, FlatVector.of(type, gradient));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Every {@code stride}-th chunk from {@code first} on. */
    private static Sum sum(
            MultiLayerNetwork network, List<DataSet> chunks, int first, int stride, FlatVector parameters) {
        network.setParams(FlatArrays.toArray(parameters));
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (int i = first; i < chunks.size(); i += stride) {
            network.setInput(chunks.get(i).getFeatures());
            network.setLabels(chunks.get(i).getLabels());
            network.computeGradientAndScore();
            // DL4J's score is the mean over the chunk, its gradient the sum.
            loss += network.score() * chunks.get(i).numExamples();
            FlatArrays.addTo(gradient, network.getGradientsViewArray());
            network.clear();
        }
        return new Sum(loss, gradient);
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
