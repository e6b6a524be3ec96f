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
 * What is processed again, and how. Immutable.
 *
 * @param topicPrefix what the names of the topics begin with that are read
 * @param runs ids of the runs, at least one
 * @param range steps that are booked, see {@link io.lossledger.streams.replay.MemoryLedger}
 * @param rule what all objectives are allocated by; empty: the best rule that their nodes allow, as live
 * @param results what is booked beside steps
 * @param partial whether to go on where steps cannot be booked because the topic has dropped them, or the rule cannot be
 *     applied; they are then missing, and a run without any is
 *     passed over
 */
public record ReplaySettings(
        String topicPrefix,
        SortedSet<String> runs,
        StepRange range,
        Optional<Quadrature> rule,
        ResultSettings results,
        boolean partial) {

    /** @throws IllegalArgumentException when there is no run, or an id breaks the rule */
    public ReplaySettings {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("run: must be at least one. Found: none");
        }
        runs.forEach(RunId::require);
        runs = Collections.unmodifiableSortedSet(new TreeSet<>(runs));
    }
}
