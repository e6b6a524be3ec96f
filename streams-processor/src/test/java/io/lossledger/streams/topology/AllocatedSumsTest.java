package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer that has allocated already: the weights' LCA is -3 and 2 by unit, the biases' is 0.5 and 0.25. */
class AllocatedSumsTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(directory);
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    /** -0.5 in the weights and 0.2 in the biases: their squares would add up to another number. */
    @Test
    void addsUpSamplingErrorsWithTheirSign() {
        ledger.send(step(0, weights().setSamplingError(-0.5), biases().setSamplingError(0.2)));
        ledger.send(Updates.end("r", 1));

        assertThat(ledger.layers()).extracting(LayerRow::getSamplingError).containsExactly(-0.3);
        assertThat(ledger.steps()).extracting(StepRow::getSamplingError).containsExactly(-0.3);
        assertThat(ledger.windows())
                .extracting(WindowRow::getStandardError)
                .allSatisfy(error -> assertThat(error).isEqualTo(0.3));
    }

    @Test
    void rejectsAStepOfWhichOnlyOneChunkHasASamplingError() {
        ledger.send(step(0, weights().setSamplingError(-0.5), biases()));

        assertThat(ledger.steps()).isEmpty();
        assertThat(reason())
                .contains(
                        "every chunk must have a sampling error, or none. Found: objective train has one in chunk 0, but not in chunk 1");
    }

    @Test
    void booksThePartsOfTheUpdate() {
        ledger.send(step(
                0,
                weights().addParts(part("gradient", sums(4, -3), -4, 1)).addParts(part("momentum", sums(4, 2), 1, 1)),
                biases().addParts(part("gradient", sums(2, 1), 1, 0))
                        .addParts(part("momentum", sums(2, -0.25), -0.5, 0.25))));

        assertThat(ledger.layers())
                .extracting(LayerRow::getPart, LayerRow::getLca)
                .containsExactly(tuple("", -0.25), tuple("gradient", -2.0), tuple("momentum", 1.75));
        assertThat(ledger.units())
                .extracting(UnitRow::getPart, UnitRow::getUnitLcaList)
                .containsExactly(
                        tuple("", List.of(-2.5, 2.25)),
                        tuple("gradient", List.of(-3.0, 1.0)),
                        tuple("momentum", List.of(0.5, 1.25)));
    }

    @Test
    void rejectsAStepWhoseChunksHaveOtherParts() {
        ledger.send(step(
                0,
                weights().addParts(part("gradient", sums(4, -1), -3, 2)),
                biases().addParts(part("momentum", sums(2, 0.75), 0.5, 0.25))));

        assertThat(ledger.steps()).isEmpty();
        assertThat(reason()).contains("must state the same objectives, losses and steps covered");
    }

    @Test
    void takesUnitsInSinglePrecision() {
        AllocatedChunk.Builder floats =
                weights().clearUnitLca().addUnitLcaFloat(-3).addUnitLcaFloat(2);
        ledger.send(step(0, floats, biases()));

        assertThat(ledger.units().get(0).getUnitLcaList()).containsExactly(-2.5, 2.25);
    }

    /** Without the flag, sums that a producer left out would read as an estimate of |lca - 0|. */
    @Test
    void hasNoEstimateWhenTheCoarseSumsAreMissing() {
        ledger.send(step(0, weights(), biases()));

        assertThat(ledger.layers().get(0).hasEstimate()).isFalse();
        assertThat(ledger.steps().get(0).hasAbsoluteEstimate()).isFalse();
    }

    @Test
    void hasNoEstimateWhenTheProducerSaysSo() {
        ledger.send(step(
                0,
                coarse(weights(), -2).setCoarseSums(false),
                coarse(biases(), 1).setCoarseSums(false)));

        assertThat(ledger.layers().get(0).hasEstimate()).isFalse();
    }

    @Test
    void takesACoarseSumOfExactlyZero() {
        ledger.send(step(0, weights().setCoarseSums(true), biases().setCoarseSums(true)));

        assertThat(ledger.layers().get(0).getEstimate()).isEqualTo(0.25);
    }

    @Test
    void estimatesFromTheCoarseSumsOfProducersBeforeTheFlag() {
        ledger.send(step(0, coarse(weights(), -2), coarse(biases(), 1)));

        assertThat(ledger.layers().get(0).getEstimate()).isEqualTo(0.75);
    }

    /** Nothing moved: both rules agree that the LCA is 0. */
    @Test
    void estimatesZeroForAFrozenTensor() {
        AllocatedChunk.Builder frozen = AllocatedChunk.newBuilder()
                .setRule("simpson-2")
                .setSums(AllocationSums.newBuilder().setParameters(2).setZero(2))
                .addUnitLca(0)
                .addUnitLca(0);
        ledger.send(step(0, coarse(weights(), -2), frozen));

        assertThat(ledger.layers().get(0).getEstimate()).isEqualTo(1);
    }

    private String reason() {
        TestRecord<byte[], byte[]> letter = ledger.rejected().get(0);
        return new String(letter.headers().lastHeader("lossledger.reason").value(), StandardCharsets.UTF_8);
    }

    private static Update[] step(int step, AllocatedChunk.Builder weights, AllocatedChunk.Builder biases) {
        Update[] updates = Updates.step("r", step, 1);
        AllocatedChunk.Builder[] sums = {weights, biases};
        for (int i = 0; i < 2; i++) {
            Update.Builder update = updates[i].toBuilder();
            update.getTensorChunkBuilder()
                    .clearDelta()
                    .getObjectivesBuilder(0)
                    .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                    .setAllocated(sums[i]);
            updates[i] = update.build();
        }
        return updates;
    }

    private static AllocatedChunk.Builder weights() {
        return chunk(sums(4, -1), -3, 2);
    }

    private static AllocatedChunk.Builder biases() {
        return chunk(sums(2, 0.75), 0.5, 0.25);
    }

    private static AllocatedChunk.Builder coarse(AllocatedChunk.Builder chunk, double lca) {
        chunk.getSumsBuilder().setCoarseLca(lca).setAbsoluteEstimate(2);
        return chunk;
    }

    private static AllocatedChunk.Builder chunk(AllocationSums.Builder sums, double... units) {
        AllocatedChunk.Builder chunk =
                AllocatedChunk.newBuilder().setRule("simpson-2").setSums(sums);
        for (double unit : units) {
            chunk.addUnitLca(unit);
        }
        return chunk;
    }

    private static AllocatedPart part(String name, AllocationSums.Builder sums, double... units) {
        AllocatedPart.Builder part = AllocatedPart.newBuilder().setName(name).setSums(sums);
        for (double unit : units) {
            part.addUnitLca(unit);
        }
        return part.build();
    }

    private static AllocationSums.Builder sums(int parameters, double lca) {
        return AllocationSums.newBuilder()
                .setParameters(parameters)
                .setHurt(parameters)
                .setLca(lca)
                .setHelp(Math.min(0, lca))
                .setHarm(Math.max(0, lca))
                .setSumOfSquares(lca * lca);
    }
}
