package io.lossledger.streams.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.steps.StepMerger;
import io.lossledger.streams.topology.LedgerDriver;
import io.lossledger.streams.topology.Updates;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.WindowBook;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hopping windows, windows over time, and several at once. */
class OpenWindowsTest {
    @TempDir
    Path directory;

    @Test
    void hopsOverSteps() {
        try (LedgerDriver ledger = open("4/2")) {
            for (int step = 0; step < 7; step++) {
                ledger.send(Updates.step("r", step, 1));
            }
            assertThat(wholeModel(ledger.windows())).containsExactly(tuple(0, 0, 3, 4, 0), tuple(1, 2, 5, 4, 0));
            ledger.send(Updates.end("r", 7));
            assertThat(wholeModel(ledger.windows())).containsExactly(tuple(2, 4, 6, 3, 0), tuple(3, 6, 6, 1, 0));
        }
    }

    @Test
    void countsTimeFromTheFirstStepAndClosesWithTheFirstStepAfterIt() {
        try (LedgerDriver ledger = open("2s")) {
            long[] times = {5_700, 6_000, 7_699, 7_700, 12_000, 11_000, 13_700};
            for (int step = 0; step < times.length; step++) {
                sendAt(ledger, times[step], Updates.step("r", step, 1));
            }

            // The step at 11 s came after that at 12 s: it is booked where the run already was.
            assertThat(wholeModel(ledger.windows()))
                    .containsExactly(tuple(0, 0, 2, 3, 0), tuple(1, 3, 3, 1, 0), tuple(3, 4, 5, 2, 0));
        }
    }

    @Test
    void countsMissingStepsWithTheNextBookedStepInWindowsOverTime() {
        try (LedgerDriver ledger = open("1s")) {
            sendAt(ledger, 1_000, Updates.step("r", 0, 1));
            sendAt(ledger, 4_500, Updates.step("r", 3, 1));
            sendAt(ledger, 5_000, Updates.end("r", 5));

            assertThat(wholeModel(ledger.windows())).containsExactly(tuple(0, 0, 0, 1, 0), tuple(3, 3, 3, 1, 3));
        }
    }

    @Test
    void closesAWindowAsItWasOpenedAfterTheSettingsHaveChanged() {
        OpenWindows before = new OpenWindows(List.of(WindowSpec.ofSteps(4)));
        OpenWindows after = new OpenWindows(List.of(WindowSpec.ofSteps(3)));
        RunBook.Builder book = RunBook.newBuilder();
        List<Row> rows = new ArrayList<>();
        for (int step = 0; step < 6; step++) {
            OpenWindows windows = step < 2 ? before : after;
            BalancedStep balanced = balanced(step);
            book.setWholeRun(WindowUpdater.add(book.getWholeRun(), balanced));
            rows.addAll(windows.enter(book, balanced, new Gap(step, step, List.of())));
        }

        assertThat(rows.stream().map(row -> (WindowRow) row.value()).toList())
                .filteredOn(row -> row.getLayer().isEmpty())
                .extracting(WindowRow::getSize, WindowRow::getFirstStep, WindowRow::getLastStep)
                .containsExactly(tuple(3, 2, 2), tuple(4, 0, 3), tuple(3, 3, 5));
    }

    /** As an earlier version wrote it: without losses, and without squares of its steps. */
    @Test
    void statesNoLossesForAWindowThatAnEarlierVersionOpened() {
        OpenWindows windows = new OpenWindows(List.of(WindowSpec.ofSteps(3)));
        RunBook.Builder book = RunBook.newBuilder();
        List<Row> rows = new ArrayList<>();
        for (int step = 0; step < 6; step++) {
            BalancedStep balanced = balanced(step);
            book.setWholeRun(WindowUpdater.add(book.getWholeRun(), balanced));
            rows.addAll(windows.enter(book, balanced, new Gap(step, step, List.of())));
            if (step == 0) {
                withoutLosses(book.getWholeRunBuilder());
                withoutLosses(book.getOpenWindowsBuilder(0));
            }
        }
        rows.addAll(WindowRows.ofRun("r", book.getWholeRun(), 2));

        assertThat(rows.stream().map(row -> (WindowRow) row.value()).toList())
                .filteredOn(row -> row.getLayer().isEmpty())
                .extracting(
                        WindowRow::getFirstStep,
                        WindowRow::getLossChange,
                        WindowRow::hasLossStart,
                        WindowRow::hasLossEnd)
                .containsExactly(tuple(0, 9.0, false, false), tuple(3, 9.0, true, true), tuple(0, 18.0, false, false));
    }

    private static void withoutLosses(WindowBook.Builder window) {
        window.getObjectivesBuilder(0).clearLossStart().clearLossEnd();
    }

    /** Steps, gaps and times at random, against sums over a plain list of what was sent. */
    @Test
    void agreesWithSumsOverAllSentSteps() {
        String windows = "10,10/5,7/3,2s,6s/2s";
        Random random = new Random(11);
        List<Sent> sent = new ArrayList<>();
        int end = 0;
        long time = 0;
        for (int gap = 0; end < 120; end += 1 + gap) {
            sent.add(new Sent(end, gap, time, random.nextGaussian()));
            gap = random.nextInt(10) == 0 ? random.nextInt(12) : 0;
            time += random.nextInt(700);
        }
        sent.add(new Sent(end, sent.get(sent.size() - 1).gapBehind(end), time, 0));
        List<WindowRow> rows;
        try (LedgerDriver ledger = open(windows)) {
            for (Sent step : sent) {
                boolean last = step.step() == end;
                sendAt(
                        ledger,
                        1_000 + step.time(),
                        last ? Updates.end("r", end) : Updates.step("r", step.step(), step.scale()));
            }
            rows = ledger.windows();
        }
        for (WindowSpec spec : WindowSpec.parseList(windows)) {
            List<WindowRow> some = rows.stream()
                    .filter(row -> row.getLayer().isEmpty()
                            && row.getKind() == spec.kind()
                            && row.getSize() == spec.size()
                            && row.getHop() == spec.hop())
                    .toList();
            List<Tuple> expected = new ArrayList<>();
            List<Double> sums = new ArrayList<>();
            for (int window = 0; window < 200; window++) {
                expectWindow(spec, window, sent, expected, sums);
            }
            assertThat(wholeModel(some)).as("%s", spec).containsExactlyElementsOf(expected);
            for (int i = 0; i < sums.size(); i++) {
                assertThat(some.get(i).getLca()).isCloseTo(sums.get(i), within(1e-9));
            }
        }
    }

    /** A step that was sent, the last one being the end marker; {@code gap} steps before it are missing. */
    private record Sent(int step, int gap, long time, double scale) {
        int gapBehind(int end) {
            return end - step - 1;
        }
    }

    private static void expectWindow(
            WindowSpec spec, int window, List<Sent> sent, List<Tuple> expected, List<Double> sums) {
        boolean overSteps = spec.kind() == WindowKind.WINDOW_KIND_STEPS;
        Sent end = sent.get(sent.size() - 1);
        long from = (long) window * spec.hop();
        long to = from + spec.size();
        List<Sent> booked = new ArrayList<>();
        int missing = 0;
        for (Sent step : sent) {
            long position = overSteps ? step.step() : step.time();
            boolean in = position >= from && position < to;
            if (in && !step.equals(end)) {
                booked.add(step);
            }
            for (int s = step.step() - step.gap(); s < step.step(); s++) {
                Sent before = sent.get(sent.indexOf(step) - 1);
                boolean counts = overSteps
                        ? s >= from && s < to
                        : in || (step.equals(end) && before.time() >= from && before.time() < to);
                missing += counts ? 1 : 0;
            }
        }
        if (!booked.isEmpty()) {
            Sent last = booked.get(booked.size() - 1);
            expected.add(tuple(window, booked.get(0).step(), last.step(), booked.size(), missing));
            sums.add(booked.stream().mapToDouble(step -> 3 * step.scale()).sum());
        }
    }

    /** A producer whose clock is wrong by thousands of years must not lose anyone's steps. */
    @Test
    void acceptsTimesFarApart() {
        try (LedgerDriver ledger = open("2,1s")) {
            sendAt(ledger, 0, Updates.step("r", 0, 1));
            sendAt(ledger, 253_000_000_000_000L, Updates.step("r", 1, 1));
            sendAt(ledger, 1_000, Updates.step("r", 2, 1));
            sendAt(ledger, 1_000, Updates.end("r", 3));

            assertThat(wholeModel(ledger.windows()))
                    .containsExactly(
                            tuple(0, 0, 0, 1, 0),
                            tuple(0, 0, 1, 2, 0),
                            tuple(Integer.MAX_VALUE, 1, 2, 2, 0),
                            tuple(1, 2, 2, 1, 0));
        }
    }

    private LedgerDriver open(String windows) {
        return new LedgerDriver(
                LedgerDriver.settings(directory, WindowSpec.parseList(windows).toArray(WindowSpec[]::new)));
    }

    private static void sendAt(LedgerDriver ledger, long time, Update... updates) {
        for (Update update : updates) {
            ledger.sendAt(time, update);
        }
    }

    private static List<Tuple> wholeModel(List<WindowRow> rows) {
        return rows.stream()
                .filter(row -> row.getLayer().isEmpty() && row.getKind() != WindowKind.WINDOW_KIND_RUN)
                .map(row -> tuple(
                        row.getWindow(), row.getFirstStep(), row.getLastStep(), row.getSteps(), row.getMissingSteps()))
                .toList();
    }

    private static BalancedStep balanced(int step) {
        UpdateAllocator allocator = new UpdateAllocator(Optional.empty());
        List<ChunkPartial> chunks = new ArrayList<>();
        for (Update update : Updates.step("r", step, 1)) {
            chunks.add(allocator.allocate(update, 1_000));
        }
        return StepMerger.balance(chunks);
    }
}
