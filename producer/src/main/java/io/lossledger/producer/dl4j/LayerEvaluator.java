package io.lossledger.producer.dl4j;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
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
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Evaluates with DL4J's own layers. Several threads share the work, each with its own copy of the network. Losses and
 * gradients are added up in double precision; the result depends on the number of threads by rounding only. Memory: a network
 * and two vectors for each thread.
 */
final class LayerEvaluator implements GradientEvaluator {
    /** As in the ledger. */
    static final String NAME = "dl4j";

    private final ElementType type;
    private final List<EvaluationNetwork> networks;
    private final ExecutorService threads;

    /**
     * Copies the network, which is only read.
     *
     * @param network one that {@link NetworkRequirements} has let pass
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when DL4J lays the copy's parameters out in another way
     */
    LayerEvaluator(Model network, int threadCount, ElementType type) {
        this.type = type;
        this.threads = Executors.newFixedThreadPool(threadCount, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
        DataType precision = precision(type);
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

    static DataType precision(ElementType type) {
        return type == ElementType.ELEMENT_TYPE_FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
    }

    private record Chunks(List<Batch> batches, int examples) implements PreparedData {
        @Override
        public int chunkExamples() {
            return batches.get(0).examples();
        }

        @Override
        public void close() {
            // the arrays are ND4J's to free
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public PreparedData prepare(Batch data, int chunkExamples) {
        return new Chunks(data.cut(chunkExamples), data.examples());
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector parameters) {
        List<Batch> chunks = ((Chunks) data).batches();
        double loss = 0;
        double[] gradient = new double[parameters.length()];
        for (Sum part :
                inThreads(shares(chunks.size(), (network, indices) -> sum(network, chunks, indices, parameters)))) {
            loss += part.loss();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += part.gradient()[i];
            }
        }
        return mean(loss, gradient, data.examples());
    }

    @Override
    public List<Evaluation> evaluateEach(List<PreparedData> data, FlatVector parameters) {
        List<Batch> batches =
                data.stream().flatMap(one -> ((Chunks) one).batches().stream()).toList();
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
