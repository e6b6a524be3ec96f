package io.lossledger.streams.replay;

import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.streams.books.LedgerStores;
import io.lossledger.streams.steps.PendingSteps;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.RunProgress;
import java.util.Optional;

/**
 * Steps that will not come, although complete ones wait for them: the topic has dropped them, and the run has any order.
 * Not thread-safe.
 */
final class UnsentSteps {
    private static final String REASON = "not in the topic, or not as a whole";

    private final LedgerStores stores;
    private final PendingSteps pending;

    UnsentSteps(LedgerStores stores) {
        this.stores = stores;
        this.pending = new PendingSteps(stores.pendingSteps(), stores.pendingChunks());
    }

    /** A record that says that the first of them are lost; empty when no complete step waits. */
    Optional<ChunkPartial> next(String name) {
        RunProgress run = stores.progress().get(name);
        if (run == null || !run.getAnyOrder() || run.getFinished()) {
            return Optional.empty();
        }
        if (!pending.hasComplete(name, run.getOpenFrom())) {
            return Optional.empty();
        }
        return pending.first(name, run.getOpenFrom())
                .map(first -> lost(name, run, first.isComplete() ? first.start() - 1 : first.step()));
    }

    private static ChunkPartial lost(String name, RunProgress run, int last) {
        return ChunkPartial.newBuilder()
                .setRun(name)
                .setStep(last)
                .setStepsCovered(last - run.getOpenFrom() + 1)
                .setFirstStep(run.getFirstStep())
                .setChunksInStep(run.getChunksInStep())
                .setSession(run.getSession())
                .setAnyOrder(true)
                .setLost(SegmentLost.newBuilder().setReason(REASON))
                .build();
    }
}
