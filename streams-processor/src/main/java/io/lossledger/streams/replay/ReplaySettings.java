package io.lossledger.streams.replay;

import io.lossledger.lca.Quadrature;
import io.lossledger.protocol.RunId;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What to process again, and how. Immutable.
 *
 * @param topicPrefix prefix of the topics to read
 * @param runs ids of the runs, at least one
 * @param range steps to book; see {@link io.lossledger.streams.replay.MemoryLedger}
 * @param rule the rule for all objectives; empty: the best rule that their nodes allow, as in the processor
 * @param results what is booked in addition to steps
 * @param partial whether to continue when the topic has dropped steps or the rule cannot be applied; such steps are
 *     then missing, and a run without any other steps is skipped
 */
public record ReplaySettings(
        String topicPrefix,
        SortedSet<String> runs,
        StepRange range,
        Optional<Quadrature> rule,
        ResultSettings results,
        boolean partial) {

    /** @throws IllegalArgumentException when there is no run, or an id is invalid */
    public ReplaySettings {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("run: must be at least one. Found: none");
        }
        runs.forEach(RunId::require);
        runs = Collections.unmodifiableSortedSet(new TreeSet<>(runs));
    }
}
