package io.lossledger.streams.windows;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.WindowBook;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens, fills and closes the windows of a run. A window over steps closes on its last step or before the first step
 * after it. A window over time closes before the first step with a later time. All close with the run. A window without
 * steps is never opened. A window opened under other settings continues to its end.
 *
 * <p>Missing steps count in the windows over steps that contain them. Because they have no time, they count in the
 * windows over time of the next booked step. Immutable.
 */
public final class OpenWindows {
    /** 68 years: keeps a window's number within its field, whatever times a producer sends. */
    private static final long MAX_ELAPSED_MILLIS = Integer.MAX_VALUE * (long) WindowSpec.MIN_HOP_MILLIS;

    private final List<WindowSpec> specs;

    public OpenWindows(List<WindowSpec> specs) {
        this.specs = List.copyOf(specs);
    }

    /**
     * Enters a step that the book of the whole run already contains.
     *
     * @param gap the steps missing before it
     * @return the rows of the windows that closed
     */
    public List<Row> enter(RunBook.Builder book, BalancedStep step, Gap gap) {
        book.setElapsedMillis(elapsed(book, step));
        List<Row> rows = new ArrayList<>();
        List<WindowBook> open = new ArrayList<>();
        for (WindowBook window : book.getOpenWindowsList()) {
            if (end(window) > position(window.getKind(), book, step)) {
                open.add(window);
            } else {
                boolean overSteps = window.getKind() == WindowKind.WINDOW_KIND_STEPS;
                rows.addAll(WindowRows.of(step.run(), overSteps ? missing(window, gap) : window));
            }
        }
        for (WindowSpec spec : specs) {
            openAround(position(spec.kind(), book, step), spec, open);
        }
        book.clearOpenWindows();
        for (WindowBook window : open) {
            WindowBook next = WindowUpdater.add(missing(window, gap), step);
            if (next.getKind() == WindowKind.WINDOW_KIND_STEPS && end(next) == step.step() + 1L) {
                rows.addAll(WindowRows.of(step.run(), next));
            } else {
                book.addOpenWindows(next);
            }
        }
        return rows;
    }

    /** Closes all windows; {@code gap} holds the steps missing at the end of the run. */
    public static List<Row> close(RunBook.Builder book, String run, Gap gap) {
        List<Row> rows = new ArrayList<>();
        for (WindowBook window : book.getOpenWindowsList()) {
            rows.addAll(WindowRows.of(run, missing(window, gap)));
        }
        book.clearOpenWindows();
        return rows;
    }

    /** If the clock is set back, the time stays constant until the clock has caught up. */
    private static long elapsed(RunBook.Builder book, BalancedStep step) {
        long start = Timestamps.toMillis(book.getWholeRun().getFirstTime());
        long elapsed = Math.min(Timestamps.toMillis(step.time()) - start, MAX_ELAPSED_MILLIS);
        return Math.max(book.getElapsedMillis(), elapsed);
    }

    private static long position(WindowKind kind, RunBook.Builder book, BalancedStep step) {
        return kind == WindowKind.WINDOW_KIND_STEPS ? step.step() : book.getElapsedMillis();
    }

    private static void openAround(long position, WindowSpec spec, List<WindowBook> open) {
        long first = Math.max(0, Math.floorDiv(position - spec.size(), (long) spec.hop()) + 1);
        for (long number = first; number <= position / spec.hop(); number++) {
            WindowBook window = WindowBook.newBuilder()
                    .setKind(spec.kind())
                    .setWindow((int) number)
                    .setSize(spec.size())
                    .setHop(spec.hop())
                    .build();
            if (open.stream().noneMatch(other -> isSame(window, other))) {
                open.add(window);
            }
        }
    }

    private static boolean isSame(WindowBook window, WindowBook other) {
        return window.getKind() == other.getKind()
                && window.getWindow() == other.getWindow()
                && window.getSize() == other.getSize()
                && window.getHop() == other.getHop();
    }

    private static long start(WindowBook window) {
        return (long) window.getWindow() * window.getHop();
    }

    private static long end(WindowBook window) {
        return start(window) + window.getSize();
    }

    /** Counts the missing steps of a gap that belong to the window. */
    private static WindowBook missing(WindowBook window, Gap gap) {
        long from = gap.from();
        long to = gap.to();
        if (window.getKind() == WindowKind.WINDOW_KIND_STEPS) {
            from = Math.max(from, start(window));
            to = Math.min(to, end(window));
        }
        return WindowUpdater.addMissing(window, (int) Math.max(0, to - from));
    }
}
