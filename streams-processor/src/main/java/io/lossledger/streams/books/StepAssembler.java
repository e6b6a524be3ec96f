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
import io.lossledger.streams.v1.RunEnding;
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
 *
 * <p>The steps of a run that declares so come in any order. They wait in a line, and are booked in step order too.
 */
public final class StepAssembler {
    private final int maxPendingSteps;
    private final LedgerStores stores;
    private final PendingSteps pending;
    private final EndedRuns endedRuns;
    private final RunBooks books;
    private final WaitingSteps waiting;
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

        /** A step that had waited for others cannot be booked; the current record does not belong to it. */
        void refusedStep(String reason);
    }

    /**
     * Opens books.
     *
     * @param maxBookBytes how large the books of a run may become; a step that would exceed this is refused
     * @param log receives the runs that begin and end, and missing steps
     */
    public StepAssembler(ResultSettings settings, LedgerStores stores, int maxBookBytes, Output output, Logger log) {
        this(settings, stores, maxBookBytes, WaitingSteps.PORTION, output, log);
    }

    /** @param portion how many of the steps that wait for others are booked at a time */
    StepAssembler(
            ResultSettings settings, LedgerStores stores, int maxBookBytes, int portion, Output output, Logger log) {
        this.maxPendingSteps = settings.maxPendingSteps();
        this.stores = stores;
        this.pending = new PendingSteps(stores.pendingSteps(), stores.pendingChunks());
        this.endedRuns = new EndedRuns(stores);
        this.books = new RunBooks(settings, stores, maxBookBytes, output, log);
        this.waiting = new WaitingSteps(stores, pending, books, portion, output, log);
        this.output = output;
        this.log = log;
    }

    /**
     * Books a portion of the steps that had to wait for one that has come since. To be called while {@link #isBehind}.
     * Rows do not depend on when this happens.
     */
    public void drain() {
        waiting.drain();
    }

    /** Whether steps that had to wait may be booked now. */
    public boolean isBehind() {
        return waiting.isBehind();
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
        if (run.getFinished() || run.hasEnding()) {
            afterEnd(run, chunk);
        } else if (chunk.getStep() < run.getOpenFrom()) {
            output.duplicateChunk();
        } else if (run.getAnyOrder()) {
            waiting.enter(run, chunk);
        } else {
            add(run, chunk);
        }
    }

    private void add(RunProgress run, ChunkPartial chunk) {
        switch (pending.add(chunk)) {
            case DUPLICATE -> output.duplicateChunk();
            case BEGUN -> begin(run, chunk);
            case WAITING -> {}
            case COMPLETE, COMPLETE_AT_ONCE -> complete(run, chunk.getRun(), chunk.getStep());
        }
    }

    /** @throws UnbookableStepException when the run was deleted, or the chunk belongs to a step after its end */
    private void afterEnd(RunProgress run, ChunkPartial chunk) {
        int end = run.hasEnding() ? run.getEnding().getTo() : run.getOpenFrom();
        if (!chunk.hasFinished() && chunk.getStep() >= end) {
            throw new UnbookableStepException("update.step: must be below " + end + ", as the run " + chunk.getRun()
                    + " has ended. Found: " + chunk.getStep());
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
        if (end && (run.getFinished() || run.hasEnding())) {
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
        // What was lost or set aside after the last step booked is missing too.
        int to = run.getAnyOrder() ? run.getOpenFrom() : run.getBookedBefore();
        int outcome = RunStatus.RUN_STATUS_INTERRUPTED_VALUE;
        if (last.isPresent()) {
            to = last.get().step() + 1;
            List<ChunkPartial> chunks = pending.chunks(name, last.get().step());
            if (chunks.stream().allMatch(ChunkPartial::hasFinished)) {
                to = last.get().step();
                outcome = chunks.get(0).getFinished().getOutcomeValue();
            }
        }
        if (run.getAnyOrder()) {
            RunEnding ending = RunEnding.newBuilder()
                    .setTo(to)
                    .setOutcome(outcome)
                    .setTimestampMillis(timestamp)
                    .build();
            waiting.end(run, name, ending);
        } else {
            List<PendingSteps.GivenUp> givenUp = pending.giveUp(name, run.getOpenFrom(), to);
            books.close(run, name, outcome, timestamp, new Gap(run.getBookedBefore(), to, givenUp));
        }
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
                    .setAnyOrder(chunk.getAnyOrder())
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
        requireSame("any_order", run.getAnyOrder(), chunk.getAnyOrder());
        return run;
    }

    private static void requireSame(String field, long expected, long found) {
        if (expected != found) {
            requireSame(field, Long.toUnsignedString(expected), Long.toUnsignedString(found));
        }
    }

    private static void requireSame(String field, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new UnbookableStepException("update." + field + ": must be " + expected
                    + ", as in the first record of the run. Found: " + found);
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
            books.expire(chunk, gap);
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
            books.close(run, name, outcome, timestamp, new Gap(run.getBookedBefore(), step, givenUp));
        } else {
            BalancedStep balanced = StepMerger.balance(chunks);
            books.enter(run, balanced, new Gap(run.getBookedBefore(), balanced.start(), givenUp));
        }
    }
}
