package io.lossledger.producer.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.protocol.v1.ElementType;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkEngineTest {
    private static final int SEEDS = 150;

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
                assertThat(several.loss()).as("seed %d", seed).isEqualTo(one.loss());
                assertThat(several.gradient().toDoubles())
                        .as("seed %d", seed)
                        .isEqualTo(one.gradient().toDoubles());
            }
        }
    }

    /** What an evaluation leaves behind must not be seen by the next one, of other data at another point. */
    @Test
    void startsFromNothingInEachEvaluation() {
        Problem problem = new Problem(RandomPlan.of(3, true), 40, 3);
        Problem other = new Problem(problem.plan, 23, 4);
        try (NetworkEngine engine = NetworkEngine.of(problem.plan, ElementType.ELEMENT_TYPE_FLOAT64, 2);
                PackedData data = problem.pack(engine);
                PackedData otherData = other.pack(engine)) {
            Evaluation first = engine.evaluate(data, problem.point(ElementType.ELEMENT_TYPE_FLOAT64));
            engine.evaluate(otherData, other.point(ElementType.ELEMENT_TYPE_FLOAT64));
            Evaluation again = engine.evaluate(data, problem.point(ElementType.ELEMENT_TYPE_FLOAT64));
            assertThat(again.loss()).isEqualTo(first.loss());
            assertThat(again.gradient().toDoubles()).isEqualTo(first.gradient().toDoubles());
        }
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
                labels[i][random.nextInt(labels[i].length)] = 1;
            }
        }

        Evaluation evaluate(ElementType type, int threads) {
            try (NetworkEngine engine = NetworkEngine.of(plan, type, threads);
                    PackedData data = pack(engine)) {
                return engine.evaluate(data, point(type));
            }
        }

        PackedData pack(NetworkEngine engine) {
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
