package io.lossledger.streams.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The steps that segments cover which come in any order. Takes memory for the gaps between them, not for each. Not
 * thread-safe.
 */
public final class CoveredSteps {
    /** The first step of each interval, and the step after its last one; intervals neither overlap nor touch. */
    private final NavigableMap<Integer, Integer> intervals = new TreeMap<>();

    /** Those that {@link #bounds} has returned. */
    public static CoveredSteps of(List<Integer> bounds) {
        CoveredSteps covered = new CoveredSteps();
        for (int i = 0; i + 1 < bounds.size(); i += 2) {
            covered.intervals.put(bounds.get(i), bounds.get(i + 1));
        }
        return covered;
    }

    /**
     * Adds a segment.
     *
     * @param from its first step
     * @param to the step after its last one
     * @return false when some of its steps are covered already; nothing is then added
     */
    public boolean add(int from, int to) {
        Map.Entry<Integer, Integer> before = intervals.lowerEntry(to);
        if (before != null && before.getValue() > from) {
            return false;
        }
        int start = from;
        if (before != null && before.getValue() == from) {
            start = before.getKey();
        }
        Integer after = intervals.remove(to);
        intervals.put(start, after == null ? to : after);
        return true;
    }

    /** Whether all steps from one up to, but not including, another are covered. */
    public boolean contains(int from, int to) {
        Map.Entry<Integer, Integer> interval = intervals.floorEntry(from);
        return from >= to || (interval != null && interval.getValue() >= to);
    }

    /** The number of covered steps. */
    public long count() {
        return intervals.entrySet().stream()
                .mapToLong(interval -> interval.getValue() - interval.getKey())
                .sum();
    }

    /** The first step from {@code from} on that is not covered. */
    public int firstGap(int from) {
        Map.Entry<Integer, Integer> interval = intervals.floorEntry(from);
        return interval == null ? from : Math.max(from, interval.getValue());
    }

    /** The step after the last one covered; {@code none} when there is none. */
    public int end(int none) {
        return intervals.isEmpty() ? none : intervals.lastEntry().getValue();
    }

    /** The first step of each interval and the step after its last one, in order. */
    public List<Integer> bounds() {
        List<Integer> bounds = new ArrayList<>();
        intervals.forEach((from, to) -> {
            bounds.add(from);
            bounds.add(to);
        });
        return bounds;
    }
}
