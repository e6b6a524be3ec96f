package io.lossledger.producer.blas;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Function;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.SoftmaxCrossEntropy;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an evaluation takes from the heap once an engine is warm. */
class AllocationTest {
    private static final Shape IMAGE = new Shape(3, 16, 16);
    private static final Shape MAPS = new Shape(8, 16, 16);
    private static final Shape HALF = new Shape(8, 8, 8);
    private static final NetworkPlan PLAN = new NetworkPlan(
            224 + 16 + 5_130,
            IMAGE,
            List.of(
                    new Convolution(NetworkPlan.INPUT, IMAGE, MAPS, new Window(3, 3, 1, 1, 1, 1), 8, 0),
                    new BatchNorm(0, MAPS, 224, 232, 1, 0, 1e-5),
                    new Activation(1, MAPS, Function.RELU, 0),
                    new Pooling(2, MAPS, HALF, new Window(2, 2, 2, 2, 0, 0), Pool.MAX),
                    new Convolution(3, new Shape(512, 1, 1), new Shape(10, 1, 1), Window.ONE, 250, 240)),
            new SoftmaxCrossEntropy(1e-10));
    private static final int EXAMPLES = 256;

    /** The outputs of one layer for these examples alone are 2 megabytes. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"ELEMENT_TYPE_FLOAT32", "ELEMENT_TYPE_FLOAT64"})
    void takesItsResultAndSomeSmallObjects(ElementType type) {
        double[][] features = new double[EXAMPLES][];
        double[][] labels = new double[EXAMPLES][10];
        Random random = new Random(1);
        for (int i = 0; i < EXAMPLES; i++) {
            features[i] = random.doubles(IMAGE.size()).toArray();
            labels[i][i % 10] = 1;
        }
        double[] parameters = random.doubles(PLAN.vectorLength(), -0.1, 0.1).toArray();
        FlatVector point = FlatVector.of(type, parameters);
        try (NetworkEngine engine = NetworkEngine.of(PLAN, type, 2);
                PreparedData data = engine.pack(new TestRows(features), new TestRows(labels), EXAMPLES, EXAMPLES)) {
            int result = PLAN.vectorLength() * (type == ElementType.ELEMENT_TYPE_FLOAT64 ? 8 : 4);
            long most = result + (128L << 10);
            for (int i = 0; i < 3; i++) {
                engine.evaluate(data, point);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long[] evaluating = evaluating(threads); // before, because a look at all threads allocates, too
            long before = allocatedBytes(threads, evaluating);
            engine.evaluate(data, point);
            long taken = allocatedBytes(threads, evaluating) - before;
            assertThat(taken).isBetween((long) result, most);
        }
    }

    private static long allocatedBytes(ThreadMXBean threads, long[] ids) {
        return Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum();
    }

    /** This thread and those that evaluate. */
    private static long[] evaluating(ThreadMXBean threads) {
        long here = Thread.currentThread().getId();
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadId() == here || isEvaluation(thread))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
    }

    private static boolean isEvaluation(ThreadInfo thread) {
        return thread.getThreadName().equals("evaluation");
    }
}
