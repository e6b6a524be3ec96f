package io.lossledger.streams.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.windows.WindowSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLogger;

/** Runs whose steps come in any order. */
class WaitingStepsTest {
    private static final ResultSettings SETTINGS =
            new ResultSettings(WindowSpec.parseList("3,6/2,5s"), 4, 0.05, 0.5, 2, false);

    private final UpdateAllocator allocator = new UpdateAllocator(Optional.empty());

    /** Books on the heap, with the rows of each run. */
    private final class Books implements StepAssembler.Output {
        final Map<String, List<String>> rows = new TreeMap<>();
        final List<StepRow> steps = new ArrayList<>();
        final List<AlertRow> alerts = new ArrayList<>();
        final List<WindowRow> closings = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final LedgerStores stores = LedgerStores.inMemory();
        final int portion;
        StepAssembler assembler;
        int duplicates;

        Books(int portion) {
            this.portion = portion;
            assembler = assembler();
        }

        private StepAssembler assembler() {
            return new StepAssembler(SETTINGS, stores, 1 << 20, portion, this, NOPLogger.NOP_LOGGER);
        }

        void restart() {
            assembler = assembler();
        }

        void enter(Update update) {
            assembler.enter(allocator.allocate(update, 1_000L * update.getStep()));
        }

        void drain() {
            while (assembler.isBehind()) {
                assembler.drain();
            }
        }

        @Override
        public void entered(String run, RunBook book, List<Row> entry, long timestampMillis) {
            for (Row row : entry) {
                rows.computeIfAbsent(run, name -> new ArrayList<>())
                        .add(row.topic() + "@" + timestampMillis + " " + comparable(row.value()));
                if (row.value() instanceof StepRow step) {
                    steps.add(step);
                } else if (row.value() instanceof AlertRow alert) {
                    alerts.add(alert);
                } else if (row.value() instanceof WindowRow window && window.getKind() == WindowKind.WINDOW_KIND_RUN) {
                    closings.add(window);
                }
            }
        }

        @Override
        public void duplicateChunk() {
            duplicates++;
        }

        @Override
        public void refusedStep(String reason) {
            refused.add(reason);
        }
    }

    /** Only in a run with any order someone says why steps are missing. */
    private static Message comparable(Message row) {
        boolean missing = row instanceof AlertRow alert && alert.getRule().equals("steps-missing");
        return missing ? ((AlertRow) row).toBuilder().clearMessage().build() : row;
    }

    /** Two runs side by side, of a hundred segments each, in order, nearly so, or not at all. */
    @ParameterizedTest
    @CsvSource({"0, 100", "1, 1", "5, 100", "40, 1", "40, 100", "1000000, 1", "1000000, 7"})
    void booksShuffledStepsAsIfTheyHadComeInOrder(int distance, int portion) {
        Random random = new Random(distance + portion);
        ShuffledRun one = new ShuffledRun("one", 150, random);
        ShuffledRun other = new ShuffledRun("other", 200, random);
        Books live = new Books(portion);
        one.inOrder().forEach(live::enter);
        other.inOrder().forEach(live::enter);

        Books later = new Books(portion);
        List<Update> first = new ArrayList<>(one.shuffled(distance, random));
        List<Update> second = new ArrayList<>(other.shuffled(distance, random));
        while (!first.isEmpty() || !second.isEmpty()) {
            boolean ofFirst = second.isEmpty() || (!first.isEmpty() && random.nextBoolean());
            later.enter((ofFirst ? first : second).remove(0));
            if (random.nextInt(10) == 0) {
                later.assembler.drain();
            }
            if (random.nextInt(50) == 0) {
                later.assembler.sweep();
                later.restart();
            }
        }
        later.drain();

        assertThat(live.closings).isNotEmpty();
        assertThat(later.rows.get("one")).isEqualTo(live.rows.get("one"));
        assertThat(later.rows.get("other")).isEqualTo(live.rows.get("other"));
        assertThat(later.duplicates).isPositive();
        assertThat(later.refused).isEmpty();
        assertThat(later.alerts.stream().map(AlertRow::getMessage))
                .anyMatch(message -> message.contains("missing: the worker ran out of memory"));
        later.assembler.sweep();
        assertThat(entries(later.stores)).isZero();
    }

    private static long entries(LedgerStores stores) {
        return stores.pendingSteps().approximateNumEntries()
                + stores.pendingChunks().approximateNumEntries();
    }

    @Test
    void waitsForeverForAStepThatNobodyHasLost() {
        Books books = new Books(100);
        for (int step = 1; step < 50; step++) {
            send(books, Updates.step("r", step, 1));
        }
        send(books, Updates.end("r", 50));
        assertThat(books.steps).isEmpty();
        assertThat(books.stores.progress().get("r").getPendingSteps()).isEqualTo(50);

        send(books, ShuffledRun.lost("r", 0, 1));
        assertThat(books.steps).hasSize(49).first().satisfies(step -> {
            assertThat(step.getStep()).isEqualTo(1);
            assertThat(step.getMissingBefore()).isEqualTo(1);
        });
        assertThat(books.closings.get(0).getMissingSteps()).isEqualTo(1);
        assertThat(books.stores.progress().get("r").getPendingSteps()).isZero();
    }

    @Test
    void booksAtMostAPortionWithARecord() {
        Books books = new Books(10);
        for (int step = 35; step > 0; step--) {
            send(books, Updates.step("r", step, 1));
        }
        send(books, Updates.step("r", 0, 1));
        assertThat(books.steps).hasSize(10);
        assertThat(books.assembler.isBehind()).isTrue();

        books.restart();
        books.assembler.drain();
        assertThat(books.steps).hasSize(20);
        books.drain();
        assertThat(books.steps).hasSize(36);
        assertThat(books.assembler.isBehind()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1", "100"})
    void endsAtARequestWithWhatIsComplete(int portion) {
        Books books = new Books(portion);
        send(books, Updates.step("r", 0, 1));
        send(books, Updates.step("r", 2, 1));
        send(books, Updates.step("r", 3, 1)[0]);
        send(books, ShuffledRun.lost("r", 5, 1));
        send(books, Updates.step("r", 6, 1));
        send(books, Updates.step("r", 8, 1)[1]);
        assertThat(books.steps).hasSize(1);

        books.enter(RunRequestsTest.record("r", RunAction.RUN_ACTION_END, 0, 1));
        if (portion == 1) {
            assertThat(books.steps).hasSize(2);
            books.restart();
            send(books, Updates.step("r", 6, 1)); // has been sent before
            assertThat(books.duplicates).isEqualTo(2);
            assertThatThrownBy(() -> send(books, Updates.step("r", 9, 1)))
                    .isInstanceOf(UnbookableStepException.class)
                    .hasMessage("update.step: must be below 9, as the run r has ended. Found: 9");
        }
        books.drain();

        assertThat(books.steps).extracting(StepRow::getStep).containsExactly(0, 2, 6);
        assertThat(books.steps).extracting(StepRow::getMissingBefore).containsExactly(0, 1, 3);
        WindowRow closing = books.closings.get(0);
        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_INTERRUPTED);
        assertThat(closing.getMissingSteps()).isEqualTo(6);
        assertThat(books.rows.getOrDefault("r", List.of())).last().asString().startsWith(LedgerTopic.WINDOW + "@0");
    }

    @Test
    void endsAtARequestAsTheTrainerReportedWhenStepsAreMissing() {
        Books books = new Books(100);
        send(books, Updates.step("r", 1, 1));
        send(books, Updates.end("r", 3));
        assertThat(books.closings).isEmpty();

        books.enter(RunRequestsTest.record("r", RunAction.RUN_ACTION_END, 0, 1));
        assertThat(books.closings.get(0).getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(books.closings.get(0).getSteps()).isEqualTo(1);
        assertThat(books.closings.get(0).getMissingSteps()).isEqualTo(2);
    }

    @Test
    void aLostSegmentSettlesTheRestOfIt() {
        Books books = new Books(100);
        send(books, Updates.step("r", 0, 1));
        send(books, ShuffledRun.lost("r", 3, 4));
        send(books, Updates.step("r", 4, 1));
        assertThat(books.steps).extracting(StepRow::getStep).containsExactly(0, 4);
        assertThat(books.alerts.get(0).getMessage())
                .isEqualTo("Steps 1 to 3 are missing: the worker ran out of memory");
    }

    @Test
    void aStepThatIsLostReplacesTheChunksThatHaveCome() {
        Books books = new Books(100);
        send(books, Updates.step("r", 0, 1)[1]);
        send(books, ShuffledRun.lost("r", 0, 1));
        send(books, Updates.step("r", 1, 1));
        assertThat(books.steps).extracting(StepRow::getStep).containsExactly(1);

        send(books, Updates.step("r", 3, 1));
        send(books, ShuffledRun.lost("r", 3, 1)); // too late: all has come
        assertThat(books.duplicates).isEqualTo(1);
    }

    @Test
    void refusesAStepThatOverlapsOneThatIsBooked() {
        Books books = new Books(100);
        send(books, Updates.step("r", 0, 1));
        send(books, Updates.step("r", 1, 1));
        Update[] chord = Updates.step("r", 2, 1);
        send(books, covering(2, chord[0]));
        assertThatThrownBy(() -> send(books, covering(2, chord[1])))
                .isInstanceOf(UnbookableStepException.class)
                .hasMessage("update.steps_covered: must begin at step 2 or later, as those before it are booked."
                        + " Found: 2 steps to step 2");
        send(books, Updates.step("r", 3, 1));
        assertThat(books.steps).extracting(StepRow::getStep).containsExactly(0, 1, 3);
    }

    /** Its records are long gone when it is its turn. */
    @Test
    void saysWhyAStepThatHadWaitedIsNotBooked() {
        Books books = new Books(100);
        send(books, covering(2, Updates.step("r", 2, 1)));
        send(books, Updates.step("r", 1, 1));
        send(books, Updates.step("r", 3, 1));
        send(books, Updates.step("r", 0, 1));
        String reason = "update.steps_covered: must begin at step 2 or later, as those before it are booked."
                + " Found: 2 steps to step 2";
        assertThat(books.refused).containsExactly(reason);
        assertThat(books.steps).extracting(StepRow::getStep).containsExactly(0, 1, 3);
        assertThat(books.alerts.get(0).getMessage()).isEqualTo("Step 2 is missing: " + reason);
    }

    @Test
    void refusesAStepThatContradictsItselfWithItsLastChunk() {
        Books books = new Books(100);
        send(books, Updates.step("r", 2, 1)[0]);
        assertThatThrownBy(() -> send(books, covering(2, Updates.step("r", 2, 1)[1])))
                .isInstanceOf(UnbookableStepException.class)
                .hasMessageContaining("chunk 1 must state the same objectives");
        send(books, Updates.step("r", 0, 1));
        send(books, Updates.step("r", 3, 1));
        assertThat(books.steps).extracting(StepRow::getMissingBefore).containsExactly(0, 2);
        assertThat(books.refused).isEmpty();
    }

    @Test
    void aRunDeclaresItsOrderInItsFirstRecord() {
        Books books = new Books(100);
        books.enter(Updates.step("r", 0, 1)[0]);
        assertThatThrownBy(() -> send(books, Updates.step("r", 0, 1)[1]))
                .isInstanceOf(UnbookableStepException.class)
                .hasMessage("update.any_order: must be false, as in the first record of the run. Found: true");
    }

    private static Update[] covering(int steps, Update... updates) {
        for (int i = 0; i < updates.length; i++) {
            updates[i] = updates[i].toBuilder().setStepsCovered(steps).build();
        }
        return updates;
    }

    private static void send(Books books, Update... updates) {
        for (Update update : updates) {
            books.enter(ShuffledRun.anyOrder(update));
        }
    }
}
