package io.lossledger.streams.books;

import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.PendingSteps;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.steps.StepMerger;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.PendingRequest;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.RunProgressOrBuilder;
import io.lossledger.streams.v1.WindowBook;
import io.lossledger.streams.windows.WindowRows;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The books of runs: collects the chunks of each step and enters the step once it is complete. Not thread-safe.
 *
 * <p>The records of each chunk arrive in step order, because their key is the same in every step. When a step is
 * complete, every earlier step is either complete or has lost a chunk for good. Such a step is given up at once, and no
 * clock is needed. Every chunk has one end marker, which is treated as one more step; a run therefore closes only when
 * all steps before it are settled.
 */
public final class StepAssembler {
    private final RunBookUpdater updater;
    private final int maxPendingSteps;
    private final LedgerStores stores;
    private final UnitLedger units;
    private final PendingSteps pending;
    private final EndedRuns endedRuns;
    private final int maxBookBytes;
    private final Output output;
    private final Logger log;
    private @Nullable String sweptTo;
    private String toldOfEnd = "";

    /** Receives what is booked. */
    public interface Output {
        /** The books after an entry, the rows that it made final, and the time of the newest record behind them. */
        void entered(String run, RunBook book, List<Row> rows, long timestampMillis);

        /** A chunk that had arrived before. */
        void duplicateChunk();
    }

    /**
     * Opens books.
     *
     * @param maxBookBytes how large the books of a run may become; a step that would exceed this is refused
     * @param log receives the runs that begin and end, and missing steps
     */
    public StepAssembler(ResultSettings settings, LedgerStores stores, int maxBookBytes, Output output, Logger log) {
        this.updater = new RunBookUpdater(settings);
        this.maxPendingSteps = settings.maxPendingSteps();
        this.stores = stores;
        this.units = new UnitLedger(stores.units());
        this.pending = new PendingSteps(stores.pendingSteps(), stores.pendingChunks());
        this.endedRuns = new EndedRuns(stores);
        this.maxBookBytes = maxBookBytes;
        this.output = output;
        this.log = log;
    }

    /** Deletes some of the steps that were given up. Rows do not depend on when this happens. */
    public void sweep() {
        sweptTo = pending.sweep(sweptTo, this::isStale);
    }

    private boolean isStale(String name, int step) {
        RunProgress run = stores.progress().get(name);
        return run != null && (run.getFinished() || step < run.getOpenFrom());
    }

    /** @throws UnbookableStepException when the chunk contradicts its run, or its step cannot be booked */
    public void enter(ChunkPartial chunk) {
        if (chunk.hasRequest()) {
            enterRequest(chunk);
            return;
        }
        RunProgress run = progress(chunk);
        if (run.getFinished()) {
            afterEnd(run, chunk);
            return;
        }
        if (chunk.getStep() < run.getOpenFrom()) {
            output.duplicateChunk();
            return;
        }
        switch (pending.add(chunk)) {
            case DUPLICATE -> output.duplicateChunk();
            case BEGUN -> begin(run, chunk);
            case WAITING -> {}
            case COMPLETE -> complete(run, chunk.getRun(), chunk.getStep());
        }
    }

    /** @throws UnbookableStepException when the run was deleted, or the chunk belongs to a step after its end */
    private void afterEnd(RunProgress run, ChunkPartial chunk) {
        if (!chunk.hasFinished() && chunk.getStep() >= run.getOpenFrom()) {
            throw new UnbookableStepException("update.step: must be below " + run.getOpenFrom() + ", as the run "
                    + chunk.getRun() + " has ended. Found: " + chunk.getStep());
        }
        output.duplicateChunk();
        if (!toldOfEnd.equals(chunk.getRun())) {
            toldOfEnd = chunk.getRun();
            log.warn("Run {} has ended; repeated records of it are not booked again", chunk.getRun());
        }
    }

    /** Carries out a request to end or delete a run once it has arrived from all partitions. */
    private void enterRequest(ChunkPartial record) {
        String name = record.getRun();
        RunProgress before = stores.progress().get(name);
        RunProgress.Builder run = before == null ? RunProgress.newBuilder() : before.toBuilder();
        if (run.getSession() != 0 && record.getSession() != 0) {
            requireSame("session", run.getSession(), record.getSession());
        }
        boolean end = record.getRequest().getAction() == RunAction.RUN_ACTION_END;
        // A closing balance is written once. A deletion is answered each time, as the earlier answer may be deleted
        // too.
        if (end && run.getFinished()) {
            return;
        }
        Optional<PendingRequest> whole = RunRequests.add(run, record.getRequest(), record.getTimestampMillis());
        if (whole.isEmpty()) {
            stores.progress().put(name, run.build());
        } else if (end) {
            end(run.build(), name, whole.get().getTimestampMillis());
        } else {
            delete(run.build(), name, record.getSession(), whole.get().getTimestampMillis());
        }
    }

    private static boolean isDeleted(RunProgressOrBuilder run) {
        return run.getOutcome() == RunStatus.RUN_STATUS_DELETED_VALUE;
    }

    /** Closes a run where it is: at its end marker if one has arrived, or after the last step that has a chunk. */
    private void end(RunProgress run, String name, long timestamp) {
        Optional<PendingSteps.GivenUp> last = pending.last(name, run.getOpenFrom());
        int to = run.getBookedBefore();
        int outcome = RunStatus.RUN_STATUS_INTERRUPTED_VALUE;
        if (last.isPresent()) {
            to = last.get().step() + 1;
            List<ChunkPartial> chunks = pending.chunks(name, last.get().step());
            if (chunks.stream().allMatch(ChunkPartial::hasFinished)) {
                to = last.get().step();
                outcome = chunks.get(0).getFinished().getOutcomeValue();
            }
        }
        List<PendingSteps.GivenUp> givenUp = pending.giveUp(name, run.getOpenFrom(), to);
        close(run, name, outcome, timestamp, new Gap(run.getBookedBefore(), to, givenUp));
    }

    private void delete(RunProgress run, String name, long session, long timestamp) {
        endedRuns.dropBooks(name);
        endedRuns.add(
                name,
                RunProgress.newBuilder()
                        .setSession(run.getSession() == 0 ? session : run.getSession())
                        .setFinished(true)
                        .setOutcome(RunStatus.RUN_STATUS_DELETED_VALUE)
                        .build());
        WindowBook nothing = WindowBook.getDefaultInstance();
        output.entered(
                name,
                RunBook.getDefaultInstance(),
                WindowRows.ofRun(name, nothing, RunStatus.RUN_STATUS_DELETED_VALUE),
                timestamp);
        log.info("Run {} was deleted on request", name);
    }

    /** @throws UnbookableStepException when the run was deleted, or the chunk contradicts the first one of its run */
    private RunProgress progress(ChunkPartial chunk) {
        RunProgress run = stores.progress().get(chunk.getRun());
        if (run != null && isDeleted(run)) {
            throw new UnbookableStepException("update.run: must be one that was not deleted. Found: " + chunk.getRun());
        }
        if (run == null || run.getChunksInStep() == 0) {
            run = (run == null ? RunProgress.newBuilder() : run.toBuilder())
                    .setBookedBefore(chunk.getFirstStep())
                    .setOpenFrom(chunk.getFirstStep())
                    .setFirstStep(chunk.getFirstStep())
                    .setChunksInStep(chunk.getChunksInStep())
                    .setSession(chunk.getSession())
                    .build();
            stores.progress().put(chunk.getRun(), run);
            log.info(
                    "Run {} begins with step {}, {} chunks in a step",
                    chunk.getRun(),
                    run.getFirstStep(),
                    run.getChunksInStep());
        }
        requireSame("session", run.getSession(), chunk.getSession());
        requireSame("chunks_in_step", run.getChunksInStep(), chunk.getChunksInStep());
        requireSame("first_step", run.getFirstStep(), chunk.getFirstStep());
        return run;
    }

    private static void requireSame(String field, long expected, long found) {
        if (expected != found) {
            throw new UnbookableStepException("update." + field + ": must be " + Long.toUnsignedString(expected)
                    + ", as in the first record of the run. Found: " + Long.toUnsignedString(found));
        }
    }

    /** Limits the waiting steps: when too many have begun, gives up the first and opens an alert. */
    private void begin(RunProgress run, ChunkPartial chunk) {
        RunProgress.Builder next = run.toBuilder().setPendingSteps(run.getPendingSteps() + 1);
        if (next.getPendingSteps() > maxPendingSteps) {
            PendingSteps.GivenUp first = pending.giveUpFirst(chunk.getRun(), run.getOpenFrom());
            next.setPendingSteps(maxPendingSteps).setOpenFrom(first.step() + 1);
            Gap gap = new Gap(first.step(), first.step() + 1, List.of(first));
            log.warn("Run {}: {}, and {} later steps are waiting", chunk.getRun(), gap.message(), maxPendingSteps);
            publish(
                    chunk.getRun(),
                    RunBookUpdater.expire(book(chunk.getRun()), chunk, gap),
                    chunk.getTimestampMillis());
        }
        stores.progress().put(chunk.getRun(), next.build());
    }

    private void complete(RunProgress before, String name, int step) {
        List<ChunkPartial> chunks = pending.take(name, step);
        List<PendingSteps.GivenUp> givenUp = pending.giveUp(name, before.getOpenFrom(), step);
        int begun = chunks.size() > 1 ? 1 : 0;
        RunProgress run = before.toBuilder()
                .setOpenFrom(step + 1)
                .setPendingSteps(before.getPendingSteps() - begun - givenUp.size())
                .build();
        // Before anything can throw: a step that cannot be balanced must not be tried again.
        stores.progress().put(name, run);
        if (chunks.stream().allMatch(ChunkPartial::hasFinished)) {
            long timestamp = chunks.stream()
                    .mapToLong(ChunkPartial::getTimestampMillis)
                    .max()
                    .orElseThrow();
            int outcome = chunks.get(0).getFinished().getOutcomeValue();
            close(run, name, outcome, timestamp, new Gap(run.getBookedBefore(), step, givenUp));
        } else {
            enter(run, StepMerger.balance(chunks), givenUp);
        }
    }

    private void enter(RunProgress run, BalancedStep step, List<PendingSteps.GivenUp> givenUp) {
        Gap gap = new Gap(run.getBookedBefore(), step.start(), givenUp);
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
                        run.toBuilder().setBookedBefore(step.step() + 1).build());
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

    private void close(RunProgress run, String name, int outcome, long timestamp, Gap gap) {
        tellMissing(name, gap);
        endedRuns.add(
                name,
                run.toBuilder()
                        .setOpenFrom(gap.to())
                        .setFinished(true)
                        .setOutcome(outcome)
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
