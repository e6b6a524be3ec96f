package io.lossledger.streams.books;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.streams.alerts.AlertRules;
import io.lossledger.streams.alerts.MomentFinder;
import io.lossledger.streams.buckets.OpenBucket;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.WindowBook;
import io.lossledger.streams.windows.OpenWindows;
import io.lossledger.streams.windows.WindowRows;
import io.lossledger.streams.windows.WindowUpdater;
import java.util.ArrayList;
import java.util.List;

/** Enters balanced steps into a run's books and returns the resulting rows. Immutable. */
public final class RunBookUpdater {
    private final OpenWindows windows;
    private final MomentFinder moments;
    private final AlertRules alerts;

    public RunBookUpdater(ResultSettings settings) {
        windows = new OpenWindows(settings.windows());
        moments = new MomentFinder(settings.falseAlarmRate());
        alerts = new AlertRules(settings.alertSteps(), settings.residualTolerance());
    }

    /** The books after an entry, and the rows that it made final. */
    public record Entry(RunBook book, List<Row> rows) {
        /** The same, but the run gets no more buckets, so that its books are smaller. */
        Entry withoutBucket() {
            return new Entry(book.toBuilder().clearBucket().build(), rows);
        }
    }

    /** Enters a step; {@code gap} holds the steps missing before it. */
    public Entry enter(RunBook book, BalancedStep step, Gap gap) {
        RunBook.Builder next = book.toBuilder();
        next.setWholeRun(WindowUpdater.add(WindowUpdater.addMissing(next.getWholeRun(), gap.steps()), step));
        List<Row> rows = new ArrayList<>(StepRows.of(step, next.getWholeRun(), gap.steps()));
        rows.addAll(windows.enter(next, step, gap));
        rows.addAll(moments.enter(next, step, gap.steps() > 0));
        rows.addAll(alerts.enter(next, step, gap));
        rows.addAll(OpenBucket.enter(next, step));
        return new Entry(next.build(), rows);
    }

    /** Records a step that was given up while others wait; {@code newest} is the chunk that caused it. */
    static Entry expire(RunBook book, ChunkPartial newest, Gap gap) {
        RunBook.Builder next = book.toBuilder();
        List<Row> rows = AlertRules.expire(next, newest, gap);
        return new Entry(next.build(), rows);
    }

    /** Records that a step is refused because the books have become too large; only the first one gets a row. */
    static Entry refuse(RunBook book, BalancedStep step, int bytes, int maxBytes, String reason) {
        RunBook.Builder next = book.toBuilder();
        List<Row> rows = AlertRules.refuse(next, step, bytes, maxBytes, reason);
        return new Entry(next.build(), rows);
    }

    /**
     * Closes the books; the book of the whole run remains.
     *
     * @param gap the steps missing at the end, up to the step after the last one trained
     * @param outcome number of the outcome; a newer producer may send one that is unknown here
     * @param timestampMillis time of the end
     */
    Entry close(RunBook book, String run, Gap gap, int outcome, long timestampMillis) {
        RunBook.Builder next = book.toBuilder();
        List<Row> rows = new ArrayList<>(OpenWindows.close(next, run, gap));
        rows.addAll(OpenBucket.close(next, run, outcome));
        rows.addAll(alerts.close(next, run, Timestamps.fromMillis(timestampMillis), gap));
        WindowBook whole = WindowUpdater.addMissing(next.getWholeRun(), gap.steps());
        rows.addAll(WindowRows.ofRun(run, whole, outcome));
        return new Entry(RunBook.newBuilder().setWholeRun(whole).build(), rows);
    }
}
