package io.lossledger.producer.evaluate;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.PreparedData;
import io.lossledger.producer.layout.LayerKind;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.layout.NetworkRequirements;
import io.lossledger.producer.layout.PlacedLayer;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
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
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Evaluates with DL4J's own layers. Several threads share the work, each with its own copy of the network. Losses and
 * gradients are added up in double precision; the result depends on the number of threads only through rounding.
 * Memory: a network and two vectors for each thread.
 */
final class LayerEvaluator implements GradientEvaluator {
    /** The name in the ledger. */
    static final String NAME = "dl4j";

    /** DL4J's backward pass of PReLU fails with more examples. */
    private static final int MOST_AT_ONCE_WITH_PRELU = 64;

    private final ElementType type;
    private final int mostAtOnce;
    private final boolean batchStatistics;
    private final List<EvaluationNetwork> networks;
    private final ExecutorService threads;

    /**
     * Copies the network, which is only read.
     *
     * @param network a network that meets {@link NetworkRequirements}
     * @param threadCount threads, at least 1
     * @param type precision of the evaluation, whatever the network trains in
     * @throws IllegalArgumentException when the network cannot be copied, or DL4J gives the copy a different parameter
     *     layout
     */
    LayerEvaluator(Model network, int threadCount, ElementType type) {
        this.type = type;
        ModelLayout layout = NetworkLayout.of(network);
        this.batchStatistics = layout.parameters() < layout.vectorLength();
        this.mostAtOnce = mostAtOnce(network);
        this.threads = Executors.newFixedThreadPool(threadCount, task -> {
            Thread thread = new Thread(task, "evaluation");
            thread.setDaemon(true);
            return thread;
        });
        DataType precision = precision(type);
        List<Callable<EvaluationNetwork>> tasks = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            // Creating a network seeds its thread's random generator, which the user's thread needs for dropout.
            tasks.add(() -> EvaluationNetwork.of(network, precision));
        }
        try {
            this.networks = inThreads(tasks);
        } catch (RuntimeException e) {
            threads.shutdownNow();
            throw e.getCause() instanceof IllegalArgumentException mistake ? mistake : e;
        }
    }

    /** The number of examples that DL4J's layers can evaluate together. */
    static int mostAtOnce(Model network) {
        return PlacedLayer.of(network).stream()
                        .anyMatch(placed -> LayerKind.innermost(placed.layer()) instanceof PReLULayer)
                ? MOST_AT_ONCE_WITH_PRELU
                : Integer.MAX_VALUE;
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
        if (batchStatistics && Math.min(chunkExamples, data.examples()) > mostAtOnce) {
            throw new IllegalArgumentException("chunk-examples: must be at most " + mostAtOnce
                    + " with both PReLU and batch norm, because DL4J's PReLU accepts no more at a time. Found: "
                    + chunkExamples);
        }
        return new Chunks(data.cut(Math.min(chunkExamples, mostAtOnce)), data.examples());
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector parameters) {
        List<Batch> chunks = ((Chunks) data).batches();
        List<Sum> parts =
                inThreads(shares(chunks.size(), (network, indices) -> sum(network, chunks, indices, parameters)));
        return mean(parts, parameters.length(), data.examples());
    }

    @Override
    public PreparedData prepareBeside(Batch data, int chunkExamples) {
        return prepare(data, chunkExamples);
    }

    @Override
    public List<Evaluation> evaluateEach(List<Request> requests) {
        List<Batch> batches = new ArrayList<>();
        List<FlatVector> points = new ArrayList<>();
        for (Request request : requests) {
            for (Batch batch : ((Chunks) request.data()).batches()) {
                batches.add(batch);
                points.add(request.parameters());
            }
        }
        Sum[] sums = new Sum[batches.size()];
        inThreads(shares(batches.size(), (network, indices) -> {
            for (int index : indices) {
                sums[index] = sum(network, batches, new int[] {index}, points.get(index));
            }
            return true;
        }));
        List<Evaluation> evaluations = new ArrayList<>();
        int next = 0;
        for (Request request : requests) {
            int count = ((Chunks) request.data()).batches().size();
            evaluations.add(mean(
                    List.of(sums).subList(next, next + count),
                    request.parameters().length(),
                    request.data().examples()));
            next += count;
        }
        return evaluations;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Distributes indices over the networks: index i goes to network i mod n. */
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

    private Evaluation mean(List<Sum> parts, int length, int examples) {
        double loss = 0;
        double[] gradient = new double[length];
        for (Sum part : parts) {
            loss += part.loss();
            for (int i = 0; i < length; i++) {
                gradient[i] += part.gradient()[i];
            }
        }
        for (int i = 0; i < length; i++) {
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
            throw new IllegalStateException("The network could not be evaluated: " + e.getCause(), e.getCause());
        }
        return results;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared, and large
    private record Sum(double loss, double[] gradient) {}
}
