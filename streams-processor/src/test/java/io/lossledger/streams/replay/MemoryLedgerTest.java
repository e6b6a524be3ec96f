package io.lossledger.streams.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.allocate.UnfitRuleException;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.windows.WindowSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryLedgerTest {
    private static final LedgerTopic[] TOPICS = {
        LedgerTopic.LAYER,
        LedgerTopic.UNIT,
        LedgerTopic.STEP,
        LedgerTopic.WINDOW,
        LedgerTopic.MOMENT,
        LedgerTopic.ALERT,
        LedgerTopic.BUCKET,
        LedgerTopic.PARAMETER
    };

    private static final ResultSettings EVERYTHING =
            new ResultSettings(WindowSpec.parseList("3,6/2,5s"), 4, 0.05, 0.5, 6, true);

    private final SortedMap<LedgerTopic, List<String>> written = new TreeMap<>();
    private final List<StepRow> steps = new ArrayList<>();
    private final List<WindowRow> closings = new ArrayList<>();

    /** Four runs side by side, chunks lost, chunks that come twice, records that are none, vectors of every form. */
    @Test
    void writesWhatTheProcessorWrites(@TempDir Path directory) {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), StepRange.ALL, false);
        Random random = new Random(5);
        try (LedgerDriver processor = new LedgerDriver(LedgerDriver.settings(directory, EVERYTHING))) {
            for (int step = 0; step < 40; step++) {
                for (String run : List.of("plain", "rich", "averaged", "layers")) {
                    for (Update update : chunks(run, step, random)) {
                        processor.sendAt(1_000L * step, update);
                        book(ledger, update, 1_000L * step);
                    }
                }
                if (step % 10 == 7) {
                    processor.send("plain|0|0".getBytes(UTF_8), new byte[] {1, 2, 3});
                    ledger.book("plain|0|0".getBytes(UTF_8), new byte[] {1, 2, 3}, 1_000);
                }
            }
            for (Update update : Updates.end("rich", 41)) {
                processor.sendAt(50_000, update);
                book(ledger, update, 50_000);
            }

            for (LedgerTopic topic : TOPICS) {
                List<String> expected = processor.canonical(topic);
                assertThat(expected).as("Rows of " + topic).isNotEmpty();
                assertThat(written.getOrDefault(topic, List.of())).isEqualTo(expected);
            }
            assertThat(ledger.refused().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(processor.rejected().size())
                    .isPositive();
            assertThat(ledger.duplicates()).isPositive();
        }
        assertThat(ledger.isFinished("rich")).isTrue();
        assertThat(ledger.isFinished("plain")).isFalse();
        assertThat(ledger.run("rich").missingSteps()).isPositive();
    }

    /** A = delta times the weighted mean of gradients 6, 3 and 9. */
    @ParameterizedTest
    @CsvSource({"first-order, 6", "midpoint, 3", "trapezoid, 7.5", "simpson-2, 4.5"})
    void allocatesByTheRuleThatIsAskedFor(String rule, double mean) {
        MemoryLedger ledger = ledger(EVERYTHING, Quadrature.named(rule), StepRange.ALL, false);
        double[] nothing = new double[2];
        book(ledger, weights(0, 6, 3, 9), 0);
        book(ledger, Updates.biases("r", 0, nothing, nothing, nothing, nothing), 0);

        StepRow row = steps.get(0);
        assertThat(row.getRule()).isEqualTo(rule);
        assertThat(row.getLca()).isCloseTo(10 * mean, within(1e-12));
        assertThat(row.getResidual()).isCloseTo(3 - 10 * mean, within(1e-12));
        assertThat(written.getOrDefault(LedgerTopic.PARAMETER, List.of()).get(0))
                .contains("\"parameter_lca\":[" + mean + ",");
    }

    @Test
    void namesTheObjectiveAndStepThatTheRuleDoesNotFit() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.of(Quadrature.simpson(2)), StepRange.ALL, false);
        Update.Builder missing = weights(4, 6, 3, 9).toBuilder();
        missing.getTensorChunkBuilder()
                .getObjectivesBuilder(0)
                .getNodesBuilder()
                .setNode(1, ByteString.EMPTY);
        Update.Builder averaged = weights(5, 6, 3, 9).toBuilder();
        averaged.getTensorChunkBuilder()
                .getObjectivesBuilder(0)
                .setAveraged(AveragedGradient.newBuilder()
                        .setRule("simpson-4")
                        .setMean(weights(0, 1, 1, 1).getTensorChunk().getDelta()));

        assertThatThrownBy(() -> book(ledger, missing.build(), 0))
                .isInstanceOf(UnfitRuleException.class)
                .hasMessage(
                        "rule: must be possible with the nodes that were sent. Found: simpson-2, but step 4 of run r"
                                + " came without some of its nodes for objective train");
        assertThatThrownBy(() -> book(ledger, averaged.build(), 0))
                .isInstanceOf(UnfitRuleException.class)
                .hasMessage(
                        "rule: must be possible with the nodes that were sent. Found: simpson-2, but step 5 of run r"
                                + " came averaged by simpson-4 for objective train");
        assertThat(written).isEmpty();
    }

    @Test
    void omitsAStepThatTheRuleDoesNotFitOnRequest() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.of(Quadrature.simpson(2)), StepRange.ALL, true);
        for (int step = 0; step < 3; step++) {
            for (Update update : Updates.step("r", step, 1)) {
                Update.Builder chunk = update.toBuilder();
                if (step == 1 && update.getChunk() == 0) {
                    chunk.getTensorChunkBuilder()
                            .getObjectivesBuilder(0)
                            .getNodesBuilder()
                            .setNode(1, ByteString.EMPTY);
                }
                book(ledger, chunk.build(), 0);
            }
        }

        assertThat(steps).extracting(StepRow::getStep).containsExactly(0, 2);
        assertThat(ledger.run("r")).isEqualTo(new ReplayedRun(0, 2, 2, 1, false));
        assertThat(ledger.refused()).isEqualTo(Map.of("rule: must be possible with the nodes that were sent", 1L));
    }

    /** As if the run had begun with step 5 and ended after step 9. */
    @Test
    void booksARangeAsASeparateRun() {
        MemoryLedger whole = ledger(EVERYTHING, Optional.empty(), new StepRange(5, 9), false);
        for (int step = 0; step < 15; step++) {
            for (Update update : Updates.step("r", step, 0.1 * step)) {
                book(whole, update, 1_000L * step);
            }
        }
        SortedMap<LedgerTopic, List<String>> found = new TreeMap<>(written);
        written.clear();
        MemoryLedger alone = ledger(EVERYTHING, Optional.empty(), StepRange.ALL, false);
        for (int step = 5; step < 10; step++) {
            for (Update update : Updates.step("r", step, 0.1 * step)) {
                book(alone, update.toBuilder().setFirstStep(5).build(), 1_000L * step);
            }
        }
        for (Update update : Updates.end("r", 10)) {
            book(
                    alone,
                    update.toBuilder()
                            .setFirstStep(5)
                            .setFinished(RunFinished.getDefaultInstance())
                            .build(),
                    10_000);
        }

        assertThat(found).isEqualTo(written);
        assertThat(whole.run("r")).isEqualTo(new ReplayedRun(5, 9, 5, 0, true));
        assertThat(steps.get(0).getStepsBooked()).isEqualTo(1);
        assertThat(steps.get(0).getMissingBefore()).isZero();
    }

    @Test
    void endsARangeThatOneChunkHasNotPassed() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), new StepRange(0, 1), false);
        for (int step = 0; step < 2; step++) {
            for (Update update : Updates.step("r", step, 1)) {
                book(ledger, update, 0);
            }
        }
        book(ledger, Updates.step("r", 2, 1)[1], 0);
        assertThat(ledger.isFinished("r")).isFalse();
        ledger.endOfUpdates();

        assertThat(ledger.isFinished("r")).isTrue();
        assertThat(closings).extracting(WindowRow::getSteps).containsOnly(2);
    }

    /** As after a crash of the trainer. */
    @Test
    void endsARangeUpToTheLastStepOfARunWithoutAnEnd() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), new StepRange(0, 1), false);
        for (int step = 0; step < 2; step++) {
            for (Update update : Updates.step("r", step, 1)) {
                book(ledger, update, 0);
            }
        }
        ledger.endOfUpdates();

        assertThat(ledger.run("r")).isEqualTo(new ReplayedRun(0, 1, 2, 0, true));
        assertThat(closings).isNotEmpty();
    }

    @Test
    void leavesARunOpenThatHasNotReachedTheEndOfTheRange() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), new StepRange(0, 5), false);
        for (Update update : Updates.step("r", 0, 1)) {
            book(ledger, update, 0);
        }
        ledger.endOfUpdates();

        assertThat(ledger.isFinished("r")).isFalse();
    }

    @Test
    void keepsTheEndOfARunThatEndsInTheRange() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), new StepRange(1, 2), false);
        for (int step = 0; step < 3; step++) {
            for (Update update : Updates.step("r", step, 1)) {
                book(ledger, update, 0);
            }
        }
        for (Update update : Updates.end("r", 3)) {
            book(ledger, update, 0);
        }

        assertThat(closings).isNotEmpty().allSatisfy(row -> {
            assertThat(row.getSteps()).isEqualTo(2);
            assertThat(row.getOutcome()).isEqualTo(io.lossledger.protocol.v1.RunStatus.RUN_STATUS_FINISHED);
        });
    }

    @Test
    void omitsAChordThatBeginsBeforeTheRange() {
        MemoryLedger ledger = ledger(EVERYTHING, Optional.empty(), new StepRange(3, 100), false);
        for (int step = 4; step < 20; step += 5) {
            for (Update update : Updates.step("r", step, 1)) {
                book(ledger, update.toBuilder().setStepsCovered(5).build(), 0);
            }
        }

        assertThat(steps).extracting(StepRow::getStep).containsExactly(9, 14, 19);
        assertThat(steps.get(0).getMissingBefore()).isEqualTo(2);
    }

    private static List<Update> chunks(String run, int step, Random random) {
        if (run.equals("layers")) { // moments take more than one
            return List.of(Updates.layers(run, step, random.nextGaussian(), random.nextGaussian()));
        }
        List<Update> chunks = new ArrayList<>();
        for (Update update : Updates.step(run, step, random.nextGaussian())) {
            chunks.add(form(run, update));
        }
        int kind = random.nextInt(8);
        if (kind == 0) {
            chunks.remove(random.nextInt(chunks.size()));
        } else if (kind == 1) {
            chunks.add(chunks.get(0));
        }
        return chunks;
    }

    private static Update form(String run, Update update) {
        Update.Builder form = update.toBuilder();
        ByteString vector = update.getTensorChunk().getDelta();
        switch (run) {
            case "rich" -> {
                form.getTensorChunkBuilder()
                        .addParts(UpdatePart.newBuilder().setName("gradient").setDelta(vector))
                        .getObjectivesBuilder(0)
                        .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                        .setSamplingContrast(vector)
                        .getNodesBuilder()
                        .setNode(1, ByteString.EMPTY);
            }
            case "averaged" ->
                form.getTensorChunkBuilder()
                        .getObjectivesBuilder(0)
                        .setAveraged(AveragedGradient.newBuilder()
                                .setRule("simpson-4")
                                .setMean(vector)
                                .setCoarseMean(vector));
            default -> {}
        }
        return form.build();
    }

    /** Movements 1, 2, 3 and 4. */
    private static Update weights(int step, double start, double middle, double end) {
        return Updates.weights(
                "r",
                step,
                new double[] {1, 2, 3, 4},
                Updates.fill(4, start),
                Updates.fill(4, middle),
                Updates.fill(4, end));
    }

    private MemoryLedger ledger(ResultSettings results, Optional<Quadrature> rule, StepRange range, boolean skipUnfit) {
        return new MemoryLedger(results, rule, range, skipUnfit, this::write);
    }

    private void write(LedgerTopic topic, String key, Message row, long timestampMillis) {
        written.computeIfAbsent(topic, any -> new ArrayList<>())
                .add(key + "@" + timestampMillis + " " + new String(RowFormat.JSON.serialize(row), UTF_8));
        if (row instanceof StepRow step) {
            steps.add(step);
        } else if (row instanceof WindowRow window && window.getKind() == WindowKind.WINDOW_KIND_RUN) {
            closings.add(window);
        }
    }

    private static void book(MemoryLedger ledger, Update update, long timestampMillis) {
        ledger.book(UpdateKey.of(update).getBytes(UTF_8), update.toByteArray(), timestampMillis);
    }
}
