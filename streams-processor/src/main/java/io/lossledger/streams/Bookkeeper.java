package io.lossledger.streams;

import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.WindowBook;
import java.util.ArrayList;
import java.util.List;

/**
 * Enters balanced steps into a run's books and says which rows follow. Windows over steps are tumbling: window w holds
 * the steps from w·size to (w+1)·size − 1; it closes on its last step, with the first step after it, or with the run.
 * Immutable.
 */
final class Bookkeeper {
    private final int windowSteps;

    Bookkeeper(int windowSteps) {
        this.windowSteps = windowSteps;
    }

    /** The books after an entry, and the rows that became final by it. */
    record Entry(RunBook book, List<Row> rows) {}

    /**
     * Enters a step.
     *
     * @param gapFrom the step after the last one booked: steps from here to the start of this segment are missing
     */
    Entry enter(RunBook book, BalancedStep step, int gapFrom) {
        List<Row> rows = new ArrayList<>();
        int gapTo = step.step() - step.stepsCovered() + 1;
        int window = step.step() / windowSteps;
        RunBook.Builder next = book.toBuilder();
        if (next.hasStepWindow() && !isWindow(next.getStepWindow(), window)) {
            rows.addAll(closeStepWindow(next, step.run(), gapFrom, gapTo));
        }
        WindowBook open = next.hasStepWindow() ? next.getStepWindow() : WindowBooks.open(window, windowSteps);
        next.setStepWindow(WindowBooks.add(missing(open, gapFrom, gapTo), step));
        next.setWholeRun(WindowBooks.add(WindowBooks.addMissing(next.getWholeRun(), gapTo - gapFrom), step));
        rows.addAll(StepRows.of(step, next.build(), gapTo - gapFrom));
        if (step.step() % windowSteps == windowSteps - 1) {
            rows.addAll(closeStepWindow(next, step.run(), 0, 0));
        }
        return new Entry(next.build(), rows);
    }

    /**
     * Closes the books.
     *
     * @param end the step after the last one trained
     * @param outcome number of the outcome, which a newer producer may know more of
     */
    List<Row> close(RunBook book, String run, int gapFrom, int end, int outcome) {
        RunBook.Builder next = book.toBuilder();
        List<Row> rows = new ArrayList<>();
        if (next.hasStepWindow()) {
            rows.addAll(closeStepWindow(next, run, gapFrom, end));
        }
        WindowBook whole = WindowBooks.addMissing(next.getWholeRun(), Math.max(0, end - gapFrom));
        rows.addAll(WindowRows.ofRun(run, whole, outcome));
        return rows;
    }

    /** A window that was opened under another setting is closed as it was opened. */
    private boolean isWindow(WindowBook open, int window) {
        return open.getWindow() == window && open.getSize() == windowSteps;
    }

    private static List<Row> closeStepWindow(RunBook.Builder book, String run, int gapFrom, int gapTo) {
        WindowBook closed = missing(book.getStepWindow(), gapFrom, gapTo);
        book.clearStepWindow();
        return WindowRows.ofSteps(run, closed);
    }

    /** Counts those missing steps that lie in the window. */
    private static WindowBook missing(WindowBook window, int gapFrom, int gapTo) {
        long start = (long) window.getWindow() * window.getSize();
        long overlap = Math.min(gapTo, start + window.getSize()) - Math.max(gapFrom, start);
        return WindowBooks.addMissing(window, (int) Math.max(0, overlap));
    }
}
