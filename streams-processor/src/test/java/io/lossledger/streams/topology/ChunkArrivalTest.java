package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.windows.WindowSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkArrivalTest {
    private static final int STEPS = 5;

    private LedgerDriver ledger;

    @BeforeEach
    void start(@TempDir Path directory) {
        ledger = new LedgerDriver(LedgerDriver.settings(directory, WindowSpec.ofSteps(3)));
    }

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void dropsADuplicateChunkOfAnOpenStep() {
        Update[] step = Updates.step("r", 0, 1);
        ledger.send(step[0], step[0], step[1]);

        assertThat(ledger.steps()).hasSize(1);
        assertThat(ledger.counted(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS)).isEqualTo(1);
    }

    @Test
    void dropsAStepItHasSeenBefore() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 0, 1));

        assertThat(ledger.steps()).hasSize(1);
        assertThat(ledger.counted(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS)).isEqualTo(2);
    }

    @Test
    void dropsRecordsAfterTheEnd() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.end("r", 1));
        ledger.send(Updates.step("r", 5, 1));
        ledger.send(Updates.end("r", 6));

        assertThat(ledger.steps()).hasSize(1);
        assertThat(ledger.canonical(LedgerTopic.WINDOW)).hasSize(4);
    }

    @Test
    void writesTheSameBytesInWhateverOrderChunksCome(@TempDir Path other) {
        List<List<Update>> chunks = List.of(new ArrayList<>(), new ArrayList<>());
        for (int step = 0; step < STEPS; step++) {
            Update[] updates = Updates.step("r", step, 0.1 * step + 0.3);
            chunks.get(0).add(updates[0]);
            chunks.get(1).add(updates[1]);
            ledger.send(updates);
        }
        Random random = new Random(7);
        try (LedgerDriver shuffled = new LedgerDriver(LedgerDriver.settings(other, WindowSpec.ofSteps(3)))) {
            List<List<Update>> left = List.of(new ArrayList<>(chunks.get(0)), new ArrayList<>(chunks.get(1)));
            while (!left.get(0).isEmpty() || !left.get(1).isEmpty()) {
                // Each chunk keeps its step order, as its partition does; the chunks overtake each other.
                List<Update> lane = left.get(random.nextInt(2));
                if (!lane.isEmpty()) {
                    shuffled.send(lane.remove(0));
                }
            }
            for (LedgerTopic topic :
                    List.of(LedgerTopic.LAYER, LedgerTopic.UNIT, LedgerTopic.STEP, LedgerTopic.WINDOW)) {
                List<String> expected = ledger.canonical(topic);
                assertThat(expected).isNotEmpty();
                assertThat(shuffled.canonical(topic)).isEqualTo(expected);
            }
        }
    }

    @Test
    void countsAStepWhoseChunkNeverArrived() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 1, 1)[0]);
        ledger.send(Updates.step("r", 2, 1));

        assertThat(ledger.steps())
                .extracting(StepRow::getStep, StepRow::getMissingBefore, StepRow::getMissingSteps)
                .containsExactly(tuple(0, 0, 0), tuple(2, 1, 1));
        assertThat(ledger.counted(LedgerMetric.MISSING_STEPS)).isEqualTo(1);
    }

    @Test
    void neverBooksAStepThatWasGivenUp() {
        Update[] late = Updates.step("r", 1, 1);
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(late[0]);
        ledger.send(Updates.step("r", 2, 1));
        ledger.send(late[1]);
        ledger.send(late[0]);

        assertThat(ledger.steps()).extracting(StepRow::getStep).containsExactly(0, 2);
    }

    @Test
    void noticesThatTheFirstStepsAreMissing() {
        ledger.send(Updates.step("r", 2, 1));

        assertThat(ledger.steps()).extracting(StepRow::getMissingBefore).containsExactly(2);
    }

    @Test
    void seesNoGapInASegmentOverSeveralSteps() {
        for (int step : new int[] {4, 9}) {
            for (Update update : Updates.step("r", step, 1)) {
                ledger.send(update.toBuilder().setStepsCovered(5).build());
            }
        }

        assertThat(ledger.steps())
                .extracting(StepRow::getStepsCovered, StepRow::getMissingBefore)
                .containsExactly(tuple(5, 0), tuple(5, 0));
    }

    /** A processor that catches up reads some partitions far ahead of others. */
    @Test
    void losesNothingWhenOneChunkIsFarAhead() {
        int steps = 3_000;
        for (int step = 0; step < steps; step++) {
            ledger.send(Updates.step("r", step, 1)[1]);
        }
        for (int step = 0; step < steps; step++) {
            ledger.send(Updates.step("r", step, 1)[0]);
        }

        assertThat(ledger.steps())
                .hasSize(steps)
                .allSatisfy(row -> assertThat(row.getMissingSteps()).isZero());
    }

    @Test
    void isNotConfusedByAStepFarAhead() {
        ledger.send(Updates.step("r", 2_000_000_000, 1)[0]);
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 1, 1));

        assertThat(ledger.steps()).extracting(StepRow::getStep).containsExactly(0, 1);
    }

    @Test
    void countsEveryStepOfAGap() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 4, 1));

        assertThat(ledger.counted(LedgerMetric.MISSING_STEPS)).isEqualTo(3);
    }

    @Test
    void rejectsASecondUseOfARunId() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.end("r", 1));
        for (Update update : Updates.step("r", 0, 1)) {
            ledger.send(update.toBuilder().setSession(5).build());
        }

        assertThat(reasons())
                .containsExactly(
                        "update.session: must be 3, as in the first record of the run. Found: 5",
                        "update.session: must be 3, as in the first record of the run. Found: 5");
        assertThat(ledger.steps()).hasSize(1);
    }

    @Test
    void rejectsASegmentThatIsAlreadyBooked() {
        ledger.send(Updates.step("r", 0, 1));
        ledger.send(Updates.step("r", 1, 1));
        for (Update update : Updates.step("r", 2, 1)) {
            ledger.send(update.toBuilder().setStepsCovered(2).build());
        }

        assertThat(reasons())
                .containsExactly("update.steps_covered: must begin at step 2 or later, as those before it are booked."
                        + " Found: 2 steps to step 2");
        assertThat(ledger.steps()).hasSize(2);
    }

    @Test
    void rejectsAStepThatClaimsMoreUnitsThanItHas() {
        Update.Builder far = Updates.step("r", 0, 1)[0].toBuilder();
        far.getTensorChunkBuilder().setFirstUnit((1 << 22) - 2);
        ledger.send(far.build(), Updates.step("r", 0, 1)[1]);

        assertThat(reasons())
                .containsExactly("layer first: units must follow each other in chunk order."
                        + " Found: unit 4194302 after 0 units");
    }

    @Test
    void rejectsAStepThatGivesOneLayerTwoNames() {
        Update.Builder other = Updates.step("r", 0, 1)[1].toBuilder();
        other.getTensorChunkBuilder().setLayer("second");
        ledger.send(Updates.step("r", 0, 1)[0], other.build());

        assertThat(reasons())
                .containsExactly(
                        "tensor_chunk.layer: must be first, as in the other chunks with this index. Found: second");
    }

    @Test
    void rejectsStepsWhoseChunksContradictEachOther() {
        Update[] step = Updates.step("r", 0, 1);
        var other = step[1].toBuilder();
        other.getTensorChunkBuilder().getObjectivesBuilder(0).setLossEnd(99);
        ledger.send(step[0], other.build());
        ledger.send(step);
        ledger.send(Updates.step("r", 1, 1));

        assertThat(reasons())
                .containsExactly("step 0 of run r: chunk 1 must state the same objectives, losses and steps covered as"
                        + " chunk 0. Found: others");
        assertThat(ledger.steps())
                .extracting(StepRow::getStep, StepRow::getMissingBefore)
                .containsExactly(tuple(1, 1));
    }

    @Test
    void rejectsADifferentNumberOfChunksWithinAStep() {
        Update[] step = Updates.step("r", 0, 1);
        ledger.send(step[0], step[1].toBuilder().setChunksInStep(3).build(), step[1]);

        assertThat(reasons())
                .containsExactly("update.chunks_in_step: must be 2, as in the first record of the run. Found: 3");
        assertThat(ledger.steps()).hasSize(1);
    }

    @Test
    void rejectsStepsThatWouldMakeTheBooksTooLarge() {
        Update.Builder wide = Updates.step("r", 0, 1)[0].toBuilder();
        var objective = wide.getTensorChunk().getObjectives(0);
        for (int i = 1; i < 1_000; i++) {
            wide.getTensorChunkBuilder().addObjectives(objective.toBuilder().setName("o" + i));
        }
        for (int layer = 0; layer < 17; layer++) {
            Update.Builder chunk = wide.clone().setTensor(layer).setChunk(layer).setChunksInStep(17);
            chunk.getTensorChunkBuilder().setLayerIndex(layer);
            ledger.send(chunk.build());
        }

        assertThat(reasons())
                .containsExactly(
                        "step 0 of run r: layers times objectives must be at most 16384. Found: 17 times 1000");
    }

    /** Objectives that change their name with every step would make the books grow until Kafka refuses them. */
    @Test
    void rejectsStepsOnceTheBooksOfARunAreFull() {
        int step = 0;
        List<String> reasons = List.of();
        while (reasons.isEmpty() && step < 100) {
            Update.Builder wide = Updates.step("r", step, 1)[0].toBuilder().setChunksInStep(1);
            var objective = wide.getTensorChunk().getObjectives(0).toBuilder();
            wide.getTensorChunkBuilder().clearObjectives();
            for (int i = 0; i < 1_000; i++) {
                wide.getTensorChunkBuilder()
                        .addObjectives(objective
                                .setName("step " + step + " objective " + i)
                                .setStratum("s".repeat(200)));
            }
            ledger.send(wide.build());
            step++;
            reasons = reasons();
        }

        assertThat(reasons)
                .singleElement()
                .asString()
                .startsWith("run r: books must take at most 12582912 bytes. Found: ");
        ledger.send(Updates.step("other", 0, 1));
        assertThat(ledger.steps()).last().extracting(StepRow::getRun).isEqualTo("other");
    }

    /** Kafka's changelogs may take less than usual; a record that they refuse would stop the processor. */
    @Test
    void refusesARunByAnAlertWhenChangelogsCannotTakeItsBooks(@TempDir Path folder) {
        ProcessorSettings usual = LedgerDriver.settings(folder, WindowSpec.ofSteps(3));
        ProcessorSettings small = new ProcessorSettings(
                usual.bootstrapServers(),
                usual.applicationId(),
                usual.topics(),
                usual.format(),
                usual.results(),
                1,
                folder,
                Map.of("topic.max.message.bytes", "4000"));
        try (LedgerDriver limited = new LedgerDriver(small)) {
            limited.send(Updates.layers("wide", 0, new double[40]));
            limited.send(Updates.layers("wide", 1, new double[40]));
            limited.send(Updates.step("narrow", 0, 1));

            assertThat(limited.steps()).extracting(StepRow::getRun).containsExactly("narrow");
            assertThat(limited.rejected()).hasSize(2);
            assertThat(limited.alerts()).singleElement().satisfies(alert -> {
                assertThat(alert.getRun()).isEqualTo("wide");
                assertThat(alert.getRule()).isEqualTo("books-too-large");
                assertThat(alert.getThreshold()).isEqualTo(3000);
                assertThat(alert.getMessage()).startsWith("The run's books must take at most 3000 bytes. Found: ");
            });
        }
    }

    private List<String> reasons() {
        return ledger.rejected().stream()
                .map(letter -> new String(
                        letter.headers().lastHeader("lossledger.reason").value(), StandardCharsets.UTF_8))
                .toList();
    }
}
