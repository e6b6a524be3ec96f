package io.lossledger.producer.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.blas.NetworkEngine.Request;
import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.SquaredError;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkEngineTest {
    private static final int SEEDS = 150;

    /** Where there is no instruction for it, BLAS does what is else done with {@link Math#fma}. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreesWithoutFusedMultiplyAdd(boolean norms) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Problem problem = new Problem(RandomPlan.of(seed, norms), 5 + (int) seed % 40, seed);
            NetworkEngine engine =
                    NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT64, 2, false, Long.MAX_VALUE);
            assertClose(problem, problem.evaluate(engine, ElementType.ELEMENT_TYPE_FLOAT64), 1e-10, seed);
        }
    }

    /** More examples than one round of the lanes takes, and the last tile in part; deep and wide windows. */
    @Test
    void agreesForManyExamplesAndForDeepWindows() {
        for (long seed : new long[] {1, 6}) {
            Problem many = new Problem(RandomPlan.of(seed, false), 16_401, seed);
            assertClose(many, many.evaluate(ElementType.ELEMENT_TYPE_FLOAT64, 2), 1e-10, seed);
        }
        Shape image = new Shape(31, 7, 6);
        Window window = new Window(3, 3, 1, 2, 1, 1);
        NetworkPlan deep = new NetworkPlan(
                10_100,
                image,
                List.of(
                        new Convolution(NetworkPlan.INPUT, image, new Shape(31, 7, 3), window, 31, 0),
                        new Activation(0, new Shape(31, 7, 3), Function.TANH, 0),
                        new Convolution(1, new Shape(31, 7, 3), new Shape(5, 7, 2), window, 8_700, 8_690)),
                new SquaredError(1));
        for (boolean fused : new boolean[] {true, false}) {
            Problem problem = new Problem(deep, 150, 1);
            NetworkEngine engine = NetworkEngine.of(deep, ElementType.ELEMENT_TYPE_FLOAT64, 2, fused, Long.MAX_VALUE);
            assertClose(problem, problem.evaluate(engine, ElementType.ELEMENT_TYPE_FLOAT64), 1e-10, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreesInDoubleWithTheDefinitionForRandomNetworks(boolean norms) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Problem problem = new Problem(RandomPlan.of(seed, norms), 5 + (int) seed % 40, seed);
            assertClose(problem, problem.evaluate(ElementType.ELEMENT_TYPE_FLOAT64, 2), 1e-10, seed);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void agreesInSinglePrecisionToItsRounding(boolean norms) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Problem problem = new Problem(RandomPlan.of(seed, norms), 5 + (int) seed % 40, seed);
            assertClose(problem, problem.evaluate(ElementType.ELEMENT_TYPE_FLOAT32, 2), 2e-2, seed);
        }
    }

    /** 1,100 examples fill all lanes, and the last tile in part; 17,000 are more than the lanes take in one round. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"ELEMENT_TYPE_FLOAT32", "ELEMENT_TYPE_FLOAT64"})
    void givesTheSameBitsForAnyNumberOfThreads(ElementType type) {
        for (long seed = 0; seed < 20; seed++) {
            Problem problem = new Problem(RandomPlan.of(seed, seed % 2 == 0), seed == 1 ? 17_000 : 1_100, seed, 500);
            Evaluation one = problem.evaluate(type, 1);
            for (int threads : new int[] {2, 3, 7}) {
                Evaluation several = problem.evaluate(type, threads);
                assertSame(several, one);
            }
        }
    }

    /** Requests of small and of large data at different points, each twice. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersEachRequestAloneWhateverIsBesideIt(boolean norms) {
        ElementType type = ElementType.ELEMENT_TYPE_FLOAT64;
        for (long seed = 0; seed < 10; seed++) {
            NetworkPlan plan = RandomPlan.of(seed, norms);
            List<Problem> problems = new ArrayList<>();
            for (int examples : seed == 0 ? new int[] {40, 1_100} : new int[] {40, 23, 1, 31}) {
                problems.add(new Problem(plan, examples, seed + examples));
            }
            List<Evaluation> one = evaluateEach(problems, type, 1);
            for (int i = 0; i < one.size(); i++) {
                assertClose(problems.get(i % problems.size()), one.get(i), 1e-10, seed);
            }
            List<Evaluation> beside = evaluateEach(problems, type, 3);
            for (int i = 0; i < one.size(); i++) {
                assertSame(beside.get(i), one.get(i));
            }
        }
    }

    private static List<Evaluation> evaluateEach(List<Problem> problems, ElementType type, int threads) {
        try (NetworkEngine engine = NetworkEngine.of(problems.get(0).plan, type, threads)) {
            List<Request> requests = new ArrayList<>();
            problems.forEach(problem -> requests.add(new Request(
                    engine.packBeside(
                            new TestRows(problem.features),
                            new TestRows(problem.labels),
                            problem.features.length,
                            problem.chunk),
                    problem.point(type))));
            requests.addAll(List.copyOf(requests));
            assertThat(engine.evaluateEach(requests)).hasSameSizeAs(requests); // and again, from nothing
            return engine.evaluateEach(requests);
        }
    }

    /** What an evaluation leaves behind must not be seen by the next one, of other data at another point. */
    @Test
    void startsFromNothingInEachEvaluation() {
        Problem problem = new Problem(RandomPlan.of(3, true), 40, 3);
        Problem other = new Problem(problem.plan, 23, 4);
        try (NetworkEngine engine = NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT64, 2);
                PreparedData data = problem.pack(engine);
                PreparedData otherData = other.pack(engine)) {
            Evaluation first = engine.evaluate(data, problem.point(ElementType.ELEMENT_TYPE_FLOAT64));
            engine.evaluate(otherData, other.point(ElementType.ELEMENT_TYPE_FLOAT64));
            Evaluation again = engine.evaluate(data, problem.point(ElementType.ELEMENT_TYPE_FLOAT64));
            assertThat(again.loss()).isEqualTo(first.loss());
            assertThat(again.gradient().toDoubles()).isEqualTo(first.gradient().toDoubles());
        }
    }

    @Test
    void takesFewerExamplesTogetherThanHaveRoom() {
        NetworkPlan plan = RandomPlan.of(5, true);
        assertThat(plan.hasBatchStatistics()).isTrue();
        Problem asked = new Problem(plan, 100, 2, 80);
        Problem reduced = new Problem(plan, 100, 2, 32);
        long bytes = new BufferLayout(plan).elementsPerExample() * Double.BYTES * 47; // two tiles of 16, not three
        try (NetworkEngine engine = NetworkEngine.of(plan, ElementType.ELEMENT_TYPE_FLOAT64, 2, true, bytes);
                PreparedData data = asked.pack(engine)) {
            assertThat(data.chunkExamples()).isEqualTo(32);
            Evaluation found = engine.evaluate(data, asked.point(ElementType.ELEMENT_TYPE_FLOAT64));
            assertClose(reduced, found, 1e-10, 2);
        }
    }

    /** What a failure or an interruption leaves behind must not be seen by the next evaluation. */
    @Test
    void startsFromNothingAfterAFailure() {
        Problem problem = new Problem(RandomPlan.of(3, false), 400, 3);
        FlatVector point = problem.point(ElementType.ELEMENT_TYPE_FLOAT64);
        try (NetworkEngine engine = NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT64, 2);
                PreparedData data = problem.pack(engine);
                PreparedData wrong = engine.pack(
                        new TestRows(problem.features), new TestRows(new double[400][1]), 400, problem.chunk)) {
            Evaluation first = engine.evaluate(data, point);
            assertThatThrownBy(() -> engine.evaluate(wrong, point)).isInstanceOf(IllegalStateException.class);
            assertSame(engine.evaluate(data, point), first);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> engine.evaluate(data, point)).hasMessage("Interrupted while evaluating");
            assertThat(Thread.interrupted()).isTrue();
            assertSame(engine.evaluate(data, point), first);
        }
    }

    /** The same side by side: one of the requests fails, or the thread is interrupted. */
    @Test
    void startsFromNothingAfterAFailureBesideOthers() {
        Problem problem = new Problem(RandomPlan.of(3, false), 40, 3);
        FlatVector point = problem.point(ElementType.ELEMENT_TYPE_FLOAT64);
        TestRows features = new TestRows(problem.features);
        try (NetworkEngine engine = NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT64, 3);
                PreparedData data = engine.packBeside(features, new TestRows(problem.labels), 40, 40);
                PreparedData wrong =
                        engine.packBeside(new TestRows(problem.features), new TestRows(new double[40][1]), 40, 40)) {
            Request right = new Request(data, point);
            List<Request> requests = List.of(right, right, right, right, right);
            Evaluation first = engine.evaluateEach(requests).get(0);
            List<Request> failing = List.of(right, new Request(wrong, point), right, right, right);
            assertThatThrownBy(() -> engine.evaluateEach(failing)).isInstanceOf(IllegalStateException.class);
            engine.evaluateEach(requests).forEach(found -> assertSame(found, first));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> engine.evaluateEach(requests)).hasMessage("Interrupted while evaluating");
            assertThat(Thread.interrupted()).isTrue();
            engine.evaluateEach(requests).forEach(found -> assertSame(found, first));
        }
    }

    @Test
    void refusesWhatIsClosed() {
        Problem problem = new Problem(RandomPlan.of(3, false), 40, 3);
        FlatVector point = problem.point(ElementType.ELEMENT_TYPE_FLOAT32);
        NetworkEngine engine = NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT32, 1);
        PreparedData data = problem.pack(engine);
        data.close();
        assertThatThrownBy(() -> engine.evaluate(data, point)).hasMessage("The data are closed");
        engine.close();
        assertThatThrownBy(() -> engine.evaluate(data, point)).hasMessage("The engine is closed");
        assertThatThrownBy(() -> problem.pack(engine)).hasMessage("The engine is closed");
    }

    @Test
    void usesOneThreadForAProductAndLeavesTheSettingAsItWas() {
        int before = openblas_nolapack.blas_get_num_threads();
        openblas_nolapack.blas_set_num_threads(2);
        try {
            NetworkPlan plan = RandomPlan.of(1, false);
            NetworkEngine first = NetworkEngine.of(plan, ElementType.ELEMENT_TYPE_FLOAT32, 1);
            NetworkEngine second = NetworkEngine.of(plan, ElementType.ELEMENT_TYPE_FLOAT64, 1);
            assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
            first.close();
            first.close();
            assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(1);
            second.close();
            assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(2);
        } finally {
            openblas_nolapack.blas_set_num_threads(before);
        }
    }

    private static void assertSame(Evaluation found, Evaluation expected) {
        assertThat(found.loss()).isEqualTo(expected.loss());
        assertThat(found.gradient().toDoubles()).isEqualTo(expected.gradient().toDoubles());
    }

    private static void assertClose(Problem problem, Evaluation found, double tolerance, long seed) {
        SlowNetwork.Result expected = problem.expected();
        double[] gradient = found.gradient().toDoubles();
        double difference = 0;
        double size = 0;
        for (int i = 0; i < gradient.length; i++) {
            difference += Math.pow(gradient[i] - expected.gradient()[i], 2);
            size += Math.pow(expected.gradient()[i], 2);
        }
        assertThat(found.loss())
                .as("seed %d", seed)
                .isCloseTo(expected.loss(), within(tolerance * (1 + Math.abs(expected.loss()))));
        assertThat(Math.sqrt(difference)).as("seed %d", seed).isLessThanOrEqualTo(tolerance * (1e-3 + Math.sqrt(size)));
    }

    /** A network with data and parameters. */
    private static final class Problem {
        private final NetworkPlan plan;
        private final double[] parameters;
        private final double[][] features;
        private final double[][] labels;
        private final int chunk;

        Problem(NetworkPlan plan, int examples, long seed) {
            this(plan, examples, seed, 24);
        }

        Problem(NetworkPlan plan, int examples, long seed, int chunk) {
            this.chunk = chunk;
            Random random = new Random(seed);
            this.plan = plan;
            this.parameters = numbers(random, plan.vectorLength());
            this.features = new double[examples][];
            this.labels = new double[examples][];
            for (int i = 0; i < examples; i++) {
                features[i] = numbers(random, plan.input().size());
                labels[i] = new double[plan.shape(plan.nodes().size() - 1).size()];
                labels[i][random.nextInt(labels[i].length)] = random.nextInt(3); // padding, plain or weighted
            }
        }

        Evaluation evaluate(ElementType type, int threads) {
            return evaluate(NetworkEngine.of(plan, type, threads), type);
        }

        Evaluation evaluate(NetworkEngine engine, ElementType type) {
            try (engine;
                    PreparedData data = pack(engine)) {
                return engine.evaluate(data, point(type));
            }
        }

        PreparedData pack(NetworkEngine engine) {
            return engine.pack(new TestRows(features), new TestRows(labels), features.length, chunk);
        }

        FlatVector point(ElementType type) {
            return FlatVector.of(type, parameters);
        }

        /** The mean over chunks, each with batch statistics of its own. */
        SlowNetwork.Result expected() {
            int together = plan.hasBatchStatistics() ? chunk : features.length;
            double loss = 0;
            double[] gradient = new double[parameters.length];
            for (int from = 0; from < features.length; from += together) {
                int to = Math.min(features.length, from + together);
                SlowNetwork.Result part = new SlowNetwork(plan)
                        .evaluate(
                                parameters,
                                Arrays.copyOfRange(features, from, to),
                                Arrays.copyOfRange(labels, from, to));
                double share = (double) (to - from) / features.length;
                loss += share * part.loss();
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += share * part.gradient()[i];
                }
            }
            return new SlowNetwork.Result(loss, gradient);
        }

        /** Exact in single precision. */
        private static double[] numbers(Random random, int count) {
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) (0.7 * random.nextGaussian());
            }
            return numbers;
        }
    }
}
