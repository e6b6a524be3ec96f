package io.lossledger.streams.replay;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The result of a replay. Immutable.
 *
 * @param runs progress of each run that has books
 * @param rows rows produced
 * @param duplicates chunks that arrived a second time and were skipped
 * @param refused records of the runs that could not be booked, by the rule that they broke
 * @param progress speed
 * @param stopped whether {@link Replay#stop} ended it
 */
public record ReplayReport(
        SortedMap<String, ReplayedRun> runs,
        long rows,
        long duplicates,
        Map<String, Long> refused,
        ReplayProgress progress,
        boolean stopped) {

    public ReplayReport {
        runs = Collections.unmodifiableSortedMap(new TreeMap<>(runs));
        refused = Map.copyOf(refused);
    }
}
