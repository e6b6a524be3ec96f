package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gradients are 1 everywhere, so that the LCA of a part is the sum of its moves. */
class UpdatePartsTest {
    private static final double[] WEIGHTS_BY_GRADIENT = {3, -3, 1, -1};
    private static final double[] WEIGHTS_BY_MOMENTUM = {-2, 1, 2, -3};
    private static final double[] BIASES_BY_GRADIENT = {1, 4};
    private static final double[] BIASES_BY_MOMENTUM = {-1, 1};

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
    void booksEachPartInAdditionToTheWhole() {
        ledger.send(step(0));

        List<LayerRow> layers = ledger.layers();
        assertThat(layers)
                .extracting(LayerRow::getPart, row -> rounded(row.getLca()), row -> rounded(row.getHelp()))
                .containsExactly(tuple("", 3.0, -6.0), tuple("gradient", 5.0, -4.0), tuple("momentum", -2.0, -6.0));
        List<StepRow> steps = ledger.steps();
        assertThat(steps).extracting(StepRow::getPart).containsExactly("", "gradient", "momentum");
        assertThat(steps.get(1).getLca() + steps.get(2).getLca())
                .isCloseTo(steps.get(0).getLca(), within(1e-12));
        assertThat(ledger.units()).extracting(UnitRow::getPart).containsExactly("", "gradient", "momentum");
    }

    @Test
    void measuresTheUpdateOfEachPart() {
        ledger.send(step(0));

        assertThat(ledger.layers())
                .extracting(row -> rounded(row.getGradientNorm()), row -> rounded(Math.pow(row.getDeltaNorm(), 2)))
                .containsExactly(
                        tuple(rounded(Math.sqrt(6)), 1.0 + 4 + 9 + 16 + 25),
                        tuple(rounded(Math.sqrt(6)), 9.0 + 9 + 1 + 1 + 1 + 16),
                        tuple(rounded(Math.sqrt(6)), 4.0 + 1 + 4 + 9 + 1 + 1));
    }

    @Test
    void balancesOnlyTheWholeUpdate() {
        ledger.send(step(0));

        List<StepRow> steps = ledger.steps();
        assertThat(steps.get(0).getLossChange()).isEqualTo(3);
        assertThat(steps.get(0).getResidual()).isCloseTo(0, within(1e-12));
        for (StepRow part : steps.subList(1, 3)) {
            assertThat(part.getLossChange()).isZero();
            assertThat(part.getResidual()).isZero();
            assertThat(part.getCumulativeResidual()).isZero();
            assertThat(part.hasChurn()).isFalse();
        }
    }

    @Test
    void addsUpEachPartOverTheRun() {
        ledger.send(step(0));
        ledger.send(step(1));
        ledger.send(step(2));

        assertThat(ledger.steps())
                .filteredOn(row -> row.getStep() == 2)
                .extracting(row -> rounded(row.getCumulativeLca()))
                .containsExactly(9.0, 15.0, -6.0);
        assertThat(ledger.windows())
                .filteredOn(row -> row.getLayer().isEmpty())
                .extracting(
                        WindowRow::getPart,
                        row -> rounded(row.getLca()),
                        WindowRow::hasLossChange,
                        WindowRow::hasResidual,
                        row -> row.hasLossStart() && row.hasLossEnd())
                .containsExactly(
                        tuple("", 9.0, true, true, true),
                        tuple("gradient", 15.0, false, false, false),
                        tuple("momentum", -6.0, false, false, false));
    }

    @Test
    void rejectsAPartOfTheWrongLength() {
        Update.Builder update = step(0)[0].toBuilder();
        update.getTensorChunkBuilder().getPartsBuilder(1).setDelta(ByteString.copyFrom(new byte[8]));
        ledger.send(update.build());

        assertRejected("part.delta: must have 32 bytes (4 elements). Found: 8");
    }

    @Test
    void rejectsPartsWithTheSameName() {
        Update.Builder update = step(0)[0].toBuilder();
        update.getTensorChunkBuilder().getPartsBuilder(1).setName("gradient");
        ledger.send(update.build());

        assertRejected("part.name: must be unique. Found twice: gradient");
    }

    @Test
    void rejectsASamplingContrastOfTheWrongLength() {
        Update.Builder update = step(0)[0].toBuilder();
        update.getTensorChunkBuilder().getObjectivesBuilder(0).setSamplingContrast(ByteString.copyFrom(new byte[8]));
        ledger.send(update.build());

        assertRejected("objective.sampling_contrast: must have 32 bytes (4 elements). Found: 8");
    }

    /** The weights of the rule add up to 1 but for rounding. */
    private static double rounded(double value) {
        return Math.rint(value * 1e9) / 1e9;
    }

    private void assertRejected(String reason) {
        assertThat(ledger.rejected())
                .singleElement()
                .satisfies(letter -> assertThat(new String(
                                letter.headers().lastHeader("lossledger.reason").value(),
                                java.nio.charset.StandardCharsets.UTF_8))
                        .isEqualTo(reason));
    }

    private static Update[] step(int step) {
        Update[] updates = Updates.step("r", step, 1);
        updates[0] = split(updates[0], WEIGHTS_BY_GRADIENT, WEIGHTS_BY_MOMENTUM);
        updates[1] = split(updates[1], BIASES_BY_GRADIENT, BIASES_BY_MOMENTUM);
        return updates;
    }

    private static Update split(Update update, double[] gradient, double[] momentum) {
        Update.Builder split = update.toBuilder();
        TensorChunk.Builder chunk = split.getTensorChunkBuilder();
        chunk.addParts(UpdatePart.newBuilder().setName("gradient").setDelta(bytes(gradient)));
        chunk.addParts(UpdatePart.newBuilder().setName("momentum").setDelta(bytes(momentum)));
        return split.build();
    }

    private static ByteString bytes(double[] vector) {
        return VectorBytes.encode(vector, 0, vector.length);
    }
}
