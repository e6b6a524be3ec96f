package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective;
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
 * The mean loss of a DL4J network over a fixed data set. The set is cut into equal chunks, which several threads share,
 * each with its own copy of the network; losses and gradients are added up in double precision. The user's network is
 * only read, once, when the objective is made. Memory: the data set once, and for each thread a network and two vectors.
 *
 * <p>With batch norm the chunks are the batches of the batch statistics, so their size is part of the objective.
 */
public final class NetworkObjective implements Objective {
    private final String name;
    private final int examples;
    private final ElementType type;
    private final List<Worker> workers;
    private final ExecutorService threads;

    /**
     * Cuts the data set and copies the network.
     *
     * @param data features and labels, one example a row; not changed afterwards
     * @param chunkExamples examples evaluated together, at least 1
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when the network does not end in a layer with a loss
     */
    public NetworkObjective(
            String name,
            MultiLayerNetwork network,
            DataSet data,
            int chunkExamples,
            int threadCount,
            ElementType type) {
        if (!(network.getOutputLayer() instanceof IOutputLayer)) {
            throw new IllegalArgumentException("network: must end in a layer with a loss, such as OutputLayer. Found: "
                    + network.getOutputLayer().getClass().getSimpleName());
        }
        this.name = name;
        this.examples = data.numExamples();
        this.type = type;
        DataType precision = type == ElementType.ELEMENT_TYPE_FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
        List<DataSet> chunks = new ArrayList<>();
        for (DataSet chunk : data.batchBy(chunkExamples)) {
            chunks.add(new DataSet(
                    chunk.getFeatures().castTo(precision), chunk.getLabels().castTo(precision)));
        }
        int used = Math.min(threadCount, chunks.size());
        this.threads = Executors.newFixedThreadPool(used, task -> {
            Thread thread = new Thread(task, "objective-" + name);
            thread.setDaemon(true);
            return thread;
        });
        List<Callable<Worker>> tasks = new ArrayList<>();
        for (int worker = 0; worker < used; worker++) {
            List<DataSet> share = new ArrayList<>();
            for (int chunk = worker; chunk < chunks.size(); chunk += used) {
                share.add(chunks.get(chunk));
            }
            // Making a network seeds its thread's random generator, which the user's thread needs for dropout.
            tasks.add(() -> new Worker(EvaluationNetwork.of(network, precision), share));
        }
        this.workers = inThreads(tasks);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public int examples() {
        return examples;
    }

    @Override
    public Evaluation evaluate(FlatVector parameters) {
        List<Callable<Sum>> tasks = new ArrayList<>();
        for (Worker worker : workers) {
            tasks.add(() -> worker.sum(parameters));
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

    private <T> List<T> inThreads(List<Callable<T>> tasks) {
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while evaluating objective " + name, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Objective " + name + " could not be evaluated: " + e.getCause(), e);
        }
        return results;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    private record Sum(double loss, double[] gradient) {}

    /** One thread's network and share of the chunks. */
    private record Worker(MultiLayerNetwork network, List<DataSet> chunks) {
        Sum sum(FlatVector parameters) {
            network.setParams(FlatArrays.toArray(parameters));
            double loss = 0;
            double[] gradient = new double[parameters.length()];
            for (DataSet chunk : chunks) {
                network.setInput(chunk.getFeatures());
                network.setLabels(chunk.getLabels());
                network.computeGradientAndScore();
                // DL4J's score is the mean over the chunk, its gradient the sum.
                loss += network.score() * chunk.numExamples();
                FlatArrays.addTo(gradient, network.getGradientsViewArray());
                network.clear();
            }
            return new Sum(loss, gradient);
        }
    }
}
