package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Loss;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each kernel, forward and backward, beside the loops of {@link SlowNetwork}: 32 examples of 16 x 16 x 16, on one thread. A
 * convolution of a single place comes first, so that there is a gradient to pass on; {@code pointwise} is two of them.
 *
 * <p>{@code tests/bench/kernels} prints times and ratios.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class KernelBenchmark {
    private static final int EXAMPLES = 32;
    private static final Shape IMAGE = new Shape(16, 16, 16);
    private static final Shape HALF = new Shape(16, 8, 8);
    private static final Window SAME = new Window(3, 3, 1, 1, 1, 1);
    private static final Window HALVING = new Window(2, 2, 2, 2, 0, 0);
    private static final int FIRST = 16 * 16 + 16;

    @Param({
        "dense",
        "convolution",
        "stridedConvolution",
        "pointwise",
        "maxPool",
        "averagePool",
        "globalPool",
        "batchNorm",
        "add",
        "relu",
        "leakyRelu",
        "tanh",
        "sigmoid",
        "softmaxCrossEntropy",
        "squaredError"
    })
    public String kernel = "dense";

    @Param({"float32", "float64"})
    public String type = "float32";

    private final double[][] features = new double[EXAMPLES][];
    private final double[][] labels = new double[EXAMPLES][];
    private double[] parameters = {};
    private NetworkPlan plan = plan("dense");
    private FlatVector point = FlatVector.of(parameters);

    @SuppressWarnings("NullAway.Init") // set before each trial
    private NetworkEngine engine;

    @SuppressWarnings("NullAway.Init") // set before each trial
    private PreparedData data;

    @Setup(Level.Trial)
    public void make() {
        plan = plan(kernel);
        Random random = new Random(1);
        parameters = random.doubles(plan.vectorLength(), -0.1, 0.1).toArray();
        for (int i = 0; i < EXAMPLES; i++) {
            features[i] = random.doubles(IMAGE.size()).toArray();
            labels[i] = new double[plan.shape(plan.nodes().size() - 1).size()];
            labels[i][0] = 1;
        }
        ElementType elements =
                type.equals("float64") ? ElementType.ELEMENT_TYPE_FLOAT64 : ElementType.ELEMENT_TYPE_FLOAT32;
        point = FlatVector.of(elements, parameters);
        engine = NetworkEngine.of(plan, elements, 1);
        data = engine.pack(new TestRows(features), new TestRows(labels), EXAMPLES, EXAMPLES);
    }

    @TearDown(Level.Trial)
    public void close() {
        data.close();
        engine.close();
    }

    @Benchmark
    public Evaluation engine() {
        return engine.evaluate(data, point);
    }

    @Benchmark
    public SlowNetwork.Result oracle() {
        return new SlowNetwork(plan).evaluate(parameters, features, labels);
    }

    private static NetworkPlan plan(String kernel) {
        Loss loss = kernel.equals("softmaxCrossEntropy") ? new SoftmaxCrossEntropy(1e-10) : new SquaredError(0.5);
        Node first = new Convolution(NetworkPlan.INPUT, IMAGE, IMAGE, Window.ONE, 16, 0);
        boolean lossAlone = kernel.equals("softmaxCrossEntropy") || kernel.equals("squaredError");
        return new NetworkPlan(
                FIRST + IMAGE.size() * 100 + 100,
                IMAGE,
                lossAlone ? List.of(first) : List.of(first, node(kernel)),
                loss);
    }

    private static Node node(String kernel) {
        return switch (kernel) {
            case "dense" ->
                new Convolution(0, new Shape(IMAGE.size(), 1, 1), new Shape(100, 1, 1), Window.ONE, FIRST + 100, FIRST);
            case "convolution" -> new Convolution(0, IMAGE, IMAGE, SAME, FIRST + 16, FIRST);
            case "stridedConvolution" ->
                new Convolution(0, IMAGE, HALF, new Window(3, 3, 2, 2, 0, 0), FIRST + 16, FIRST);
            case "pointwise" -> new Convolution(0, IMAGE, IMAGE, Window.ONE, FIRST + 16, FIRST);
            case "maxPool" -> new Pooling(0, IMAGE, HALF, HALVING, Pool.MAX);
            case "averagePool" -> new Pooling(0, IMAGE, HALF, HALVING, Pool.AVERAGE);
            case "globalPool" ->
                new Pooling(0, IMAGE, new Shape(16, 1, 1), new Window(16, 16, 1, 1, 0, 0), Pool.AVERAGE);
            case "batchNorm" -> new BatchNorm(0, IMAGE, FIRST, FIRST + 16, 1, 0, 1e-5);
            case "add" -> new Add(List.of(0, 0), IMAGE);
            case "relu" -> new Activation(0, IMAGE, Function.RELU, 0);
            case "leakyRelu" -> new Activation(0, IMAGE, Function.LEAKY_RELU, 0.1);
            case "tanh" -> new Activation(0, IMAGE, Function.TANH, 0);
            case "sigmoid" -> new Activation(0, IMAGE, Function.SIGMOID, 0);
            default -> throw new IllegalArgumentException("kernel: must be one of the list. Found: " + kernel);
        };
    }
}
