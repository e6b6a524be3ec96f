package io.lossledger.lca;

import java.util.Arrays;
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
 * Chunks allocated per second, beside a plain copy of the same bytes: delta and the three gradients of Simpson's rule
 * with 2 splits, error estimate and unit sums included.
 *
 * <p>Both take the next chunk of a ring that is larger than the caches, as chunks come off the network; with {@code -p
 * ringMegabytes=1} the input stays in the cache. {@code copy} writes to a ring as large, {@code copyToCache} over and
 * over to one chunk, which no longer is a copy of memory but an upper bound.
 *
 * <p>From the repository's root, with the ratios printed at the end:
 *
 * <pre>mvn -pl lca test-compile exec:exec -Djmh.args="-p count=16384"</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class AllocationBenchmark {
    static final int VECTORS = 4;
    private static final int PARAMETERS_PER_UNIT = 784;
    private static final double[] WEIGHTS = Quadrature.simpson(2).weights();
    private static final double[] COARSE_WEIGHTS = Quadrature.trapezoid().weightsOn(2);

    @Param({"float32", "float64"})
    public String type = "float32";

    @Param({"16384", "65536"})
    public int count;

    @Param("128")
    public int ringMegabytes;

    private final ChunkAllocator allocator = new ChunkAllocator();
    private Object[][] ring = {};
    private Object[][] target = {};
    private double[] unitSums = {};
    private int next;

    @Setup(Level.Trial)
    public void fillRing() {
        long chunkBytes = (long) VECTORS * count * bytes(type);
        int chunks = (int) Math.max(1, ((long) ringMegabytes << 20) / chunkBytes);
        Random random = new Random(17);
        ring = new Object[chunks][];
        target = new Object[chunks][];
        for (int chunk = 0; chunk < chunks; chunk++) {
            ring[chunk] = new Object[VECTORS];
            target[chunk] = new Object[VECTORS];
            for (int vector = 0; vector < VECTORS; vector++) {
                ring[chunk][vector] = randomVector(random);
                target[chunk][vector] = isFloat() ? new float[count] : new double[count];
            }
        }
        unitSums = new double[count / PARAMETERS_PER_UNIT + 1];
    }

    @Benchmark
    public AllocationSums allocate() {
        return allocate(ring[advance()]);
    }

    @Benchmark
    public Object copy() {
        int chunk = advance();
        return copy(ring[chunk], target[chunk]);
    }

    @Benchmark
    public Object copyToCache() {
        return copy(ring[advance()], target[0]);
    }

    @TearDown(Level.Trial)
    public void checkAnswers() {
        Object[] chunk = ring[ring.length - 1];
        copy(chunk, target[0]);
        AllocationSums sums = allocate(target[0]);
        double expected = 0.0;
        double magnitude = 0.0;
        for (int i = 0; i < count; i++) {
            double average = (at(chunk[1], i) + 4 * at(chunk[2], i) + at(chunk[3], i)) / 6;
            expected += at(chunk[0], i) * average;
            magnitude += Math.abs(at(chunk[0], i) * average);
        }
        double units = Arrays.stream(unitSums).sum();
        double tolerance = 1e-13 * magnitude;
        if (!(Math.abs(sums.sum() - expected) < tolerance) || !(Math.abs(units - expected) < tolerance)) {
            throw new IllegalStateException("sum: must be " + expected + ". Found: " + sums.sum() + " and " + units);
        }
    }

    static int bytes(String type) {
        return type.equals("float32") ? Float.BYTES : Double.BYTES;
    }

    private AllocationSums allocate(Object[] chunk) {
        AllocationSums sums = isFloat() ? allocateFloats(chunk) : allocateDoubles(chunk);
        Arrays.fill(unitSums, 0.0);
        AllocationKernel.addUnitSums(allocator.allocated(), count, 0, PARAMETERS_PER_UNIT, unitSums);
        return sums;
    }

    private AllocationSums allocateFloats(Object[] chunk) {
        float[][] gradients = {(float[]) chunk[1], (float[]) chunk[2], (float[]) chunk[3]};
        return allocator.allocate((float[]) chunk[0], gradients, WEIGHTS, COARSE_WEIGHTS, count);
    }

    private AllocationSums allocateDoubles(Object[] chunk) {
        double[][] gradients = {(double[]) chunk[1], (double[]) chunk[2], (double[]) chunk[3]};
        return allocator.allocate((double[]) chunk[0], gradients, WEIGHTS, COARSE_WEIGHTS, count);
    }

    private Object copy(Object[] from, Object[] to) {
        for (int vector = 0; vector < VECTORS; vector++) {
            System.arraycopy(from[vector], 0, to[vector], 0, count);
        }
        return to;
    }

    private int advance() {
        next = next + 1 == ring.length ? 0 : next + 1;
        return next;
    }

    private Object randomVector(Random random) {
        float[] floats = new float[count];
        double[] doubles = new double[count];
        for (int i = 0; i < count; i++) {
            doubles[i] = random.nextGaussian();
            floats[i] = (float) doubles[i];
        }
        return isFloat() ? floats : doubles;
    }

    private boolean isFloat() {
        return type.equals("float32");
    }

    private static double at(Object vector, int index) {
        return vector instanceof float[] floats ? floats[index] : ((double[]) vector)[index];
    }
}
