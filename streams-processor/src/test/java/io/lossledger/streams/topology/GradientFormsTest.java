package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same step in every form that the contract allows. */
class GradientFormsTest {
    private static final double[] DELTA = {1, -2, 3, -4};
    private static final double[] START = {1, 2, 3, 4};
    private static final double[] MIDDLE = {2, 3, 5, 7};
    private static final double[] END = {-1, 0.5, 2, 8};

    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void acceptsAnAveragedGradient() {
        AveragedGradient averaged = AveragedGradient.newBuilder()
                .setRule("simpson-4")
                .setMean(bytes(mean(1, 4, 1)))
                .setCoarseMean(bytes(mean(3, 0, 3)))
                .build();

        StepRow row = booked(objective -> objective.setAveraged(averaged));

        assertThat(row.getRule()).isEqualTo("mixed");
        assertThat(row.getLca()).isCloseTo(sum(1, 4, 1), within(1e-12));
        assertThat(row.getLargestLayerEstimate()).isCloseTo(Math.abs(sum(1, 4, 1) - sum(3, 0, 3)), within(1e-12));
    }

    @Test
    void acceptsAnAveragedGradientWithoutAnEstimate() {
        AveragedGradient averaged = AveragedGradient.newBuilder()
                .setRule("simpson-2")
                .setMean(bytes(mean(1, 4, 1)))
                .build();

        StepRow row = booked(objective -> objective.setAveraged(averaged));

        assertThat(row.getRule()).isEqualTo("simpson-2");
        assertThat(row.hasLargestLayerEstimate()).isFalse();
    }

    @Test
    void acceptsSumsThatTheProducerHasAllocated() {
        AllocatedChunk allocated = AllocatedChunk.newBuilder()
                .setRule("simpson-2")
                .setSums(AllocationSums.newBuilder()
                        .setParameters(4)
                        .setHelped(3)
                        .setHurt(1)
                        .setLca(-7)
                        .setHelp(-8)
                        .setHarm(1)
                        .setCoarseLca(-6))
                .addUnitLca(-5)
                .addUnitLca(-2)
                .build();

        StepRow row = booked(objective -> objective.setAllocated(allocated));

        assertThat(row.getLca()).isEqualTo(-7);
        assertThat(row.getHelpedParameters()).isEqualTo(3);
        assertThat(ledger.units().get(0).getUnitLcaList()).isEqualTo(List.of(-5.0, -2.0));
    }

    @Test
    void hasNormsOnlyWhenEveryChunkOfTheLayerHasSquares() {
        AllocationSums.Builder sums = AllocationSums.newBuilder()
                .setParameters(4)
                .setHurt(4)
                .setLca(6)
                .setHarm(6)
                .setGradientSquares(4);
        AllocatedChunk.Builder allocated =
                AllocatedChunk.newBuilder().setRule("simpson-2").addUnitLca(2).addUnitLca(4);

        booked(objective -> objective.setAllocated(allocated.setSums(sums)));
        LayerRow without = ledger.layers().get(0);
        Update.Builder next = weights().setStep(1);
        next.getTensorChunkBuilder().getObjectivesBuilder(0).setAllocated(allocated.setSums(sums.setDeltaSquares(25)));
        double[] bias = {2, 0};
        double[] gradient = {3, 0};
        ledger.send(next.build(), Updates.biases("r", 1, bias, gradient, gradient, gradient));
        LayerRow with = ledger.layers().get(0);

        assertThat(without.hasGradientNorm() || without.hasDeltaNorm() || without.hasCosine())
                .isFalse();
        assertThat(with.getGradientNorm()).isCloseTo(Math.sqrt(4 + 9), within(1e-12));
        assertThat(with.getDeltaNorm()).isCloseTo(Math.sqrt(25 + 4), within(1e-12));
        assertThat(with.getCosine()).isCloseTo((6 + 6) / Math.sqrt(13 * 29), within(1e-12));
    }

    @Test
    void fallsBackToTheTrapezoidWhenTheMiddleIsMissing() {
        StepRow row = booked(objective -> objective.getNodesBuilder().setNode(1, ByteString.EMPTY));

        assertThat(row.getRule()).isEqualTo("mixed");
        assertThat(row.getLca()).isCloseTo(sum(3, 0, 3), within(1e-12));
    }

    @Test
    void fallsBackToFirstOrderWhenOnlyTheStartExists() {
        StepRow row = booked(objective ->
                objective.getNodesBuilder().setNode(1, ByteString.EMPTY).setNode(2, ByteString.EMPTY));

        assertThat(row.getLca()).isCloseTo(sum(6, 0, 0), within(1e-12));
        assertThat(row.hasLargestLayerEstimate()).isFalse();
    }

    @Test
    void readsFloat32() {
        Update.Builder weights = weights();
        weights.getTensorChunkBuilder()
                .setElementType(ElementType.ELEMENT_TYPE_FLOAT32)
                .setDelta(float32(DELTA))
                .getObjectivesBuilder(0)
                .getNodesBuilder()
                .setNode(0, float32(START))
                .setNode(1, float32(MIDDLE))
                .setNode(2, float32(END));

        assertThat(booked(weights).getLca()).isCloseTo(sum(1, 4, 1), within(1e-12));
    }

    @Test
    void splitsUnitsAcrossChunks() {
        double[] nothing = new double[2];
        Update.Builder biases = Updates.biases("r", 0, nothing, nothing, nothing, nothing).toBuilder();
        Update.Builder late = weights().setTensor(1).setChunk(1);
        late.getTensorChunkBuilder().setOffset(3);
        ledger.send(biases.setTensor(0).setChunk(0).build(), late.build());

        // Flat 3 is the second weight of unit 1, flat 4 and 5 are unit 2, flat 6 is unit 3.
        assertThat(ledger.units().get(0).getUnitLcaList()).hasSize(4).satisfies(units -> {
            assertThat(units.get(0)).isZero();
            assertThat(units.get(1)).isCloseTo(allocated(0), within(1e-12));
            assertThat(units.get(2)).isCloseTo(allocated(1) + allocated(2), within(1e-12));
            assertThat(units.get(3)).isCloseTo(allocated(3), within(1e-12));
        });
    }

    private StepRow booked(java.util.function.Consumer<ObjectiveChunk.Builder> change) {
        Update.Builder weights = weights();
        change.accept(weights.getTensorChunkBuilder().getObjectivesBuilder(0));
        return booked(weights);
    }

    private StepRow booked(Update.Builder weights) {
        double[] nothing = new double[2];
        ledger.send(weights.build(), Updates.biases("r", 0, nothing, nothing, nothing, nothing));
        assertThat(ledger.rejected()).isEmpty();
        return ledger.steps().get(0);
    }

    private static Update.Builder weights() {
        return Updates.weights("r", 0, DELTA, START, MIDDLE, END).toBuilder();
    }

    private static double allocated(int i) {
        return DELTA[i] * (START[i] + 4 * MIDDLE[i] + END[i]) / 6;
    }

    private static double[] mean(double start, double middle, double end) {
        double[] mean = new double[DELTA.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (start * START[i] + middle * MIDDLE[i] + end * END[i]) / 6;
        }
        return mean;
    }

    private static double sum(double start, double middle, double end) {
        double[] mean = mean(start, middle, end);
        double sum = 0;
        for (int i = 0; i < mean.length; i++) {
            sum += DELTA[i] * mean[i];
        }
        return sum;
    }

    private static ByteString bytes(double[] vector) {
        return VectorBytes.encode(vector, 0, vector.length);
    }

    private static ByteString float32(double[] vector) {
        float[] floats = new float[vector.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) vector[i];
        }
        return VectorBytes.encode(floats, 0, floats.length);
    }
}
