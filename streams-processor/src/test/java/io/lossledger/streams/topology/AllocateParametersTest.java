package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.allocate.ParameterRows;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.books.ShuffledRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocateParametersTest {
    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ResultSettings settings = new ResultSettings(List.of(), 10, 0.05, 0.01, 100, true);
        ledger = new LedgerDriver(LedgerDriver.settings(directory, settings));
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void writesEachStepOfARunInAnyOrderOnce() {
        for (int step : new int[] {2, 0, 2, 1, 0, 4}) {
            ledger.send(ShuffledRun.anyOrder(Updates.step("r", step, 1)[0]));
        }
        assertThat(ledger.parameters()).extracting(ParameterRow::getStep).containsExactly(2, 0, 1, 4);

        ledger.send(ShuffledRun.anyOrder(Updates.end("r", 5)[0]));
        assertThat(ledger.keys(AllocateParametersProcessor.PROGRESS_STORE)).containsExactly("r|0|0");
        ledger.send(ShuffledRun.anyOrder(Updates.step("r", 3, 1)[0]));
        assertThat(ledger.keys(AllocateParametersProcessor.PROGRESS_STORE)).isEmpty();
    }

    @Test
    void writesEachParameterOfAChunkUnderItsKey() {
        ledger.send(Updates.step("r", 0, 2));

        assertThat(ledger.canonical(LedgerTopic.PARAMETER)).first().asString().startsWith("r|0|0@1000 ");
        ledger.send(Updates.step("r", 1, 2));
        List<ParameterRow> rows = ledger.parameters();
        assertThat(rows)
                .extracting(ParameterRow::getStep, ParameterRow::getTensorName, ParameterRow::getParameterLcaCount)
                .containsExactly(tuple(1, "0_W", 4), tuple(1, "0_b", 2));
        assertThat(rows.get(0).getParameterLcaList().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .containsExactly(new double[] {2, -4, 6, -8}, within(1e-12));
        assertThat(rows.get(1).getTensor()).isEqualTo(1);
        assertThat(rows.get(1).getLayer()).isEqualTo("first");
        assertThat(rows.get(1).getObjective()).isEqualTo("train");
        assertThat(rows.get(1).getTime().getSeconds()).isEqualTo(1);
    }

    /** Eight bytes a parameter, whatever the format of other rows. */
    @Test
    void writesRowsOfParametersAsProtobuf() {
        int count = 10_000;
        double[] delta = new Random(5).doubles(count, -1, 1).toArray();
        double[] one = Updates.fill(count, 1);
        ledger.send(Updates.chunk(
                        "r",
                        0,
                        0,
                        0,
                        Updates.tensor("0_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 1, delta, one, one, one))
                .toBuilder()
                .setChunksInStep(1)
                .build());

        byte[] row = ledger.values(LedgerTopic.PARAMETER).get(0);
        assertThat(RowFormat.of(row)).isEqualTo(RowFormat.PROTOBUF);
        assertThat(row.length).isBetween(8 * count, 8 * count + 100);
        assertThat(RowFormat.of(ledger.values(LedgerTopic.LAYER).get(0))).isEqualTo(RowFormat.JSON);
    }

    /** The ledger's own sums are made by another stage. */
    @Test
    void sumsToWhatTheLedgerBooks() {
        int count = 2 * ParameterRows.PARAMETERS_PER_ROW + 5;
        double[] delta = new Random(4).doubles(count, -1, 1).toArray();
        double[] one = Updates.fill(count, 1);
        Update.Builder update = Updates.chunk(
                        "r",
                        0,
                        0,
                        0,
                        Updates.tensor("0_W", ParameterRole.PARAMETER_ROLE_WEIGHT, 1, delta, one, one, one))
                .toBuilder()
                .setChunksInStep(1);
        update.getTensorChunkBuilder()
                .setOffset(7)
                .addParts(UpdatePart.newBuilder()
                        .setName("half")
                        .setDelta(VectorBytes.encode(
                                Arrays.stream(delta).map(d -> d / 2).toArray(), 0, count)));
        ledger.send(update.build());

        List<ParameterRow> rows = ledger.parameters();
        assertThat(rows)
                .extracting(ParameterRow::getPart, ParameterRow::getOffset, ParameterRow::getParameterLcaCount)
                .containsExactly(
                        tuple("", 7.0, 16_384),
                        tuple("", 16_391.0, 16_384),
                        tuple("", 32_775.0, 5),
                        tuple("half", 7.0, 16_384),
                        tuple("half", 16_391.0, 16_384),
                        tuple("half", 32_775.0, 5));
        for (LayerRow layer : ledger.layers()) {
            double sum = rows.stream()
                    .filter(row -> row.getPart().equals(layer.getPart()))
                    .flatMap(row -> row.getParameterLcaList().stream())
                    .mapToDouble(Double::doubleValue)
                    .sum();
            assertThat(layer.getLca()).isCloseTo(sum, within(1e-9));
        }
    }

    @Test
    void writesADuplicateOnceAndNothingForWhatCannotBeBooked() {
        Update[] step = Updates.step("r", 3, 1);
        ledger.send(step);
        ledger.send(step);
        ledger.send(Updates.step("r", 2, 1));
        ledger.send(step[0].toBuilder().setStep(4).setSession(9).build());
        Update.Builder broken = Updates.step("r", 4, 1)[0].toBuilder();
        broken.getTensorChunkBuilder().setDelta(ByteString.EMPTY);
        ledger.send(broken.build());
        ledger.send("r|0|0".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
        Update.Builder sums = Updates.step("r", 5, 1)[0].toBuilder();
        sums.getTensorChunkBuilder()
                .clearDelta()
                .getObjectivesBuilder(0)
                .setAllocated(AllocatedChunk.newBuilder().setRule("simpson").addAllUnitLca(List.of(1.0, 2.0)));
        ledger.send(sums.build());
        ledger.send(Updates.end("r", 6));

        assertThat(ledger.parameters()).extracting(ParameterRow::getStep).containsExactly(3, 3);
    }
}
