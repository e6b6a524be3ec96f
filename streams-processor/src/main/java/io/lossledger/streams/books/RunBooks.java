package io.lossledger.streams.books;

import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.WindowBook;
import org.slf4j.Logger;

/** Enters steps that are due into the books of their runs, and closes the books. Not thread-safe. */
final class RunBooks {
    private final RunBookUpdater updater;
    private final LedgerStores stores;
    private final UnitLedger units;
    private final EndedRuns endedRuns;
    private final int maxBookBytes;
    private final StepAssembler.Output output;
    private final Logger log;

    RunBooks(ResultSettings settings, LedgerStores stores, int maxBookBytes, StepAssembler.Output output, Logger log) {
        this.updater = new RunBookUpdater(settings);
        this.stores = stores;
        this.units = new UnitLedger(stores.units());
        this.endedRuns = new EndedRuns(stores);
        this.maxBookBytes = maxBookBytes;
        this.output = output;
        this.log = log;
    }

    /**
     * Enters a step.
     *
     * @param run the progress of its run, as it is stored
     * @param gap the steps missing before it
     * @throws UnbookableStepException when it begins before the last step booked, or the books would become too large
     */
    void enter(RunProgress run, BalancedStep step, Gap gap) {
        if (gap.to() < gap.from()) {
            throw new UnbookableStepException("update.steps_covered: must begin at step " + gap.from()
                    + " or later, as those before it are booked. Found: " + step.stepsCovered() + " steps to step "
                    + step.step());
        }
        UnitLedger.Entry unitEntry = units.enter(step);
        RunBookUpdater.Entry entry = updater.enter(book(step.run()), unitEntry.step(), gap);
        // The page can do without buckets, but no step may be refused for them.
        if (entry.book().getSerializedSize() > maxBookBytes) {
            entry = entry.withoutBucket();
        }
        int bytes = entry.book().getSerializedSize();
        if (bytes > maxBookBytes) {
            throw refusal(step, bytes);
        }
        tellMissing(step.run(), gap);
        stores.progress()
                .put(
                        step.run(),
                        run.toBuilder()
                                .setBookedBefore(step.step() + 1)
                                .clearLostReason()
                                .build());
        units.put(unitEntry);
        publish(step.run(), entry, step.timestampMillis());
    }

    /** Opens an alert; the books have room for it. */
    private UnbookableStepException refusal(BalancedStep step, int bytes) {
        String reason = "books must take at most " + maxBookBytes + " bytes. Found: " + bytes + " with step "
                + step.step() + " (too many layers, objectives, windows or names that change)";
        RunBookUpdater.Entry entry = RunBookUpdater.refuse(book(step.run()), step, bytes, maxBookBytes, reason);
        if (!entry.rows().isEmpty()) {
            publish(step.run(), entry, step.timestampMillis());
            log.warn("Run {}: {}", step.run(), reason);
        }
        return new UnbookableStepException("run " + step.run() + ": " + reason);
    }

    /** Opens an alert for a step that was given up while others wait; {@code newest} is the chunk that caused it. */
    void expire(ChunkPartial newest, Gap gap) {
        publish(
                newest.getRun(),
                RunBookUpdater.expire(book(newest.getRun()), newest, gap),
                newest.getTimestampMillis());
    }

    /**
     * Closes the books of a run.
     *
     * @param gap the steps missing at the end
     * @param timestamp time of the end, in milliseconds
     */
    void close(RunProgress run, String name, int outcome, long timestamp, Gap gap) {
        tellMissing(name, gap);
        endedRuns.add(
                name,
                run.toBuilder()
                        .setOpenFrom(gap.to())
                        .setFinished(true)
                        .setOutcome(outcome)
                        .clearLostReason()
                        .clearEnding()
                        .build());
        publish(name, updater.close(book(name), name, gap, outcome, timestamp), timestamp);
        WindowBook whole = book(name).getWholeRun();
        log.info("Run {} has ended: {} steps booked, {} missing", name, whole.getSteps(), whole.getMissingSteps());
    }

    private void tellMissing(String run, Gap gap) {
        if (gap.steps() > 0) {
            log.warn("Run {}: {}", run, gap.message());
        }
    }

    private void publish(String run, RunBookUpdater.Entry entry, long timestamp) {
        stores.books().put(run, entry.book());
        output.entered(run, entry.book(), entry.rows(), timestamp);
    }

    private RunBook book(String run) {
        RunBook book = stores.books().get(run);
        return book == null ? RunBook.getDefaultInstance() : book;
    }
}
