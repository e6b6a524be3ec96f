package io.lossledger.streams.books;

import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.streams.letters.UnbookableStepException;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.PendingSteps;
import io.lossledger.streams.steps.PendingSteps.Waiting;
import io.lossledger.streams.steps.StepMerger;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunEnding;
import io.lossledger.streams.v1.RunProgress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The steps of runs that come in any order. They form a line, in the order of the trajectory: a complete step is booked when
 * all before it are booked or lost, and so is the end of the run. None is given up, however many wait, unless someone ends the
 * run by a request.
 *
 * <p>When a step arrives for which thousands have waited, they are booked in portions, so that no transaction grows with the
 * line. Rows do not depend on the portions. Not thread-safe.
 */
final class WaitingSteps {
    /** Steps that are booked at a time. */
    static final int PORTION = 100;

    private static final int NO_STEP = -1;

    private final LedgerStores stores;
    private final PendingSteps pending;
    private final RunBooks books;
    private final int portion;
    private final StepAssembler.Output output;
    private final Logger log;
    /** The runs in which a step may be due. */
    private final Set<String> behind = new LinkedHashSet<>();

    /** Goes on where the stores say that another one has stopped. */
    WaitingSteps(
            LedgerStores stores,
            PendingSteps pending,
            RunBooks books,
            int portion,
            StepAssembler.Output output,
            Logger log) {
        this.stores = stores;
        this.pending = pending;
        this.books = books;
        this.portion = portion;
        this.output = output;
        this.log = log;
        try (KeyValueIterator<String, RunProgress> all = stores.progress().all()) {
            while (all.hasNext()) {
                KeyValue<String, RunProgress> run = all.next();
                if (run.value.getAnyOrder() && !run.value.getFinished()) {
                    behind.add(run.key);
                }
            }
        }
    }

    /**
     * Adds a chunk to the line, and books what is due now.
     *
     * @throws UnbookableStepException when its step is complete and cannot be booked
     */
    void enter(RunProgress run, ChunkPartial chunk) {
        switch (pending.add(chunk)) {
            case DUPLICATE -> output.duplicateChunk();
            case BEGUN -> count(run, chunk);
            case WAITING -> {}
            case COMPLETE -> complete(run, chunk);
            case COMPLETE_AT_ONCE -> {
                count(run, chunk);
                complete(run, chunk);
            }
        }
    }

    private void count(RunProgress run, ChunkPartial chunk) {
        stores.progress()
                .put(
                        chunk.getRun(),
                        run.toBuilder()
                                .setPendingSteps(run.getPendingSteps() + 1)
                                .build());
    }

    private void complete(RunProgress run, ChunkPartial chunk) {
        if (chunk.getStep() - chunk.getStepsCovered() + 1 > run.getOpenFrom()) {
            requireBookable(chunk.getRun(), chunk.getStep());
        } else {
            drain(chunk.getRun(), chunk.getStep());
        }
    }

    /** A step that contradicts itself is refused with its last chunk, not later with a record of another step. */
    private void requireBookable(String name, int step) {
        List<ChunkPartial> chunks = pending.chunks(name, step);
        if (chunks.get(0).hasLost() || isEnd(chunks)) {
            return;
        }
        try {
            StepMerger.balance(chunks);
        } catch (UnbookableStepException e) {
            int covered = chunks.stream()
                    .mapToInt(ChunkPartial::getStepsCovered)
                    .max()
                    .orElse(1);
            pending.lose(chunks.get(0).toBuilder()
                    .setStepsCovered(covered)
                    .setLost(SegmentLost.newBuilder().setReason(String.valueOf(e.getMessage())))
                    .build());
            throw e;
        }
    }

    /** Ends a run: books what waits in order, gives up what is not complete, and closes. */
    void end(RunProgress run, String name, RunEnding ending) {
        stores.progress().put(name, run.toBuilder().setEnding(ending).build());
        drain(name, NO_STEP);
    }

    /** Whether a step may be due. */
    boolean isBehind() {
        return !behind.isEmpty();
    }

    /** Books a portion of the steps that are due, of one run after the other. */
    void drain() {
        Iterator<String> first = behind.iterator();
        if (first.hasNext()) {
            String name = first.next();
            first.remove();
            drain(name, NO_STEP);
        }
    }

    /** @throws UnbookableStepException when {@code own}, the step that the current record has completed, is refused */
    private void drain(String name, int own) {
        @Nullable UnbookableStepException refusal = null;
        boolean more = true;
        for (int i = 0; i < portion && more; i++) {
            RunProgress run = stores.progress().get(name);
            Optional<Waiting> next = run == null ? Optional.empty() : due(run, name);
            more = next.isPresent();
            if (run != null && next.isPresent()) {
                try {
                    settle(run, name, next.get());
                } catch (UnbookableStepException e) {
                    lose(name, String.valueOf(e.getMessage()));
                    if (next.get().step() == own) {
                        refusal = e;
                    } else {
                        output.refusedStep(String.valueOf(e.getMessage()));
                        log.warn(
                                "Run {}: step {} had waited, and is refused: {}",
                                name,
                                next.get().step(),
                                e.getMessage());
                    }
                }
            } else if (run != null && run.hasEnding()) {
                RunEnding ending = run.getEnding();
                books.close(run, name, ending.getOutcome(), ending.getTimestampMillis(), gap(run, ending.getTo()));
            }
        }
        if (more) {
            behind.add(name);
        } else {
            behind.remove(name);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    /** The first step in the line if it is its turn. */
    private Optional<Waiting> due(RunProgress run, String name) {
        if (run.getFinished()) {
            return Optional.empty();
        }
        Optional<Waiting> first = pending.first(name, run.getOpenFrom());
        return run.hasEnding()
                ? first.filter(step -> step.step() < run.getEnding().getTo())
                : first.filter(step -> step.isComplete() && step.start() <= run.getOpenFrom());
    }

    private void settle(RunProgress before, String name, Waiting step) {
        List<ChunkPartial> chunks = pending.take(name, step.step());
        RunProgress run = before.toBuilder()
                .setOpenFrom(step.step() + 1)
                .setPendingSteps(Math.max(0, before.getPendingSteps() - 1))
                .build();
        // Before anything can throw: a step that cannot be balanced must not be tried again.
        stores.progress().put(name, run);
        if (!step.isComplete()) {
            lose(name, step.received() + " of " + step.chunksInStep() + " chunks of step " + step.step() + " came");
        } else if (chunks.get(0).hasLost()) {
            lose(name, chunks.get(0).getLost().getReason());
        } else if (isEnd(chunks)) {
            long timestamp = chunks.stream()
                    .mapToLong(ChunkPartial::getTimestampMillis)
                    .max()
                    .orElseThrow();
            int outcome = chunks.get(0).getFinished().getOutcomeValue();
            books.close(run, name, outcome, timestamp, gap(run, step.step()));
        } else {
            books.enter(run, StepMerger.balance(chunks), gap(run, step.start()));
        }
    }

    /** Keeps the reason for the next row that says what is missing. */
    private void lose(String name, String reason) {
        RunProgress run = stores.progress().get(name);
        if (run != null && run.getLostReason().isEmpty()) {
            stores.progress().put(name, run.toBuilder().setLostReason(reason).build());
        }
    }

    private static boolean isEnd(List<ChunkPartial> chunks) {
        return chunks.stream().allMatch(ChunkPartial::hasFinished);
    }

    private static Gap gap(RunProgress run, int to) {
        return new Gap(run.getBookedBefore(), to, List.of(), run.getLostReason());
    }
}
