package io.lossledger.dashboards.live.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Numbers by step in a bounded number of buckets. At first each step has its own bucket; whenever all are full,
 * neighbours merge, so that a bucket holds twice as many steps. For any number of steps, between half of the capacity
 * and all of it is in use. Rows of different columns may come in any order, those of one column in step order. Not
 * thread-safe.
 */
public final class BucketTable {
    /** How two values of a column are merged. */
    enum Merge {
        SUM,
        LAST
    }

    private static final int FEWEST_PLACES = 16;

    private final int capacity;
    private long[] first = new long[FEWEST_PLACES];
    private long[] last = new long[FEWEST_PLACES];
    private int[] steps = new int[FEWEST_PLACES];
    private long[] changed = new long[FEWEST_PLACES];
    private final List<Merge> merges = new ArrayList<>();
    private final List<double[]> columns = new ArrayList<>();
    private final List<BitSet> present = new ArrayList<>();
    private int size;
    private int stepsPerBucket = 1;
    private int merged;
    private long version;

    /** @param capacity largest number of buckets; even, at least 2 */
    BucketTable(int capacity) {
        if (capacity < 2 || capacity % 2 != 0) {
            throw new IllegalArgumentException("capacity: must be even and at least 2. Found: " + capacity);
        }
        this.capacity = capacity;
    }

    /** Adds a column and returns its number. */
    int addColumn(Merge merge) {
        merges.add(merge);
        columns.add(new double[first.length]);
        present.add(new BitSet());
        return columns.size() - 1;
    }

    /**
     * The bucket of a step; it is created if the step is newer than all others. An unknown older step joins its
     * neighbour.
     */
    int bucketOf(long step) {
        if (size == 0 || step > last[size - 1]) {
            return append(step);
        }
        int place = Arrays.binarySearch(first, 0, size, step);
        return place >= 0 ? place : Math.max(0, -place - 2);
    }

    /** The bucket of some steps in a row that were added up elsewhere; all are newer than those before. */
    int bucketOf(long from, long to, int count) {
        while (stepsPerBucket < count || (size == capacity && steps[size - 1] + count > stepsPerBucket)) {
            mergeNeighbours();
        }
        if (size == 0 || steps[size - 1] + count > stepsPerBucket) {
            return open(from, to, count);
        }
        last[size - 1] = to;
        steps[size - 1] += count;
        changed[size - 1] = ++version;
        return size - 1;
    }

    /** Adds to a sum, or replaces the last value. */
    void put(int column, int bucket, double value) {
        double[] values = columns.get(column);
        boolean sums = merges.get(column) == Merge.SUM && has(column, bucket);
        values[bucket] = sums ? values[bucket] + value : value;
        present.get(column).set(bucket);
        changed[bucket] = ++version;
    }

    /** Whether a row has arrived, whatever its value. */
    boolean has(int column, int bucket) {
        return present.get(column).get(bucket);
    }

    /** The value, if a row has arrived. */
    double get(int column, int bucket) {
        return columns.get(column)[bucket];
    }

    public int size() {
        return size;
    }

    long firstStep(int bucket) {
        return first[bucket];
    }

    long lastStep(int bucket) {
        return last[bucket];
    }

    /** The number of steps in a bucket so far. */
    int steps(int bucket) {
        return steps[bucket];
    }

    int stepsPerBucket() {
        return stepsPerBucket;
    }

    /** How often neighbours have merged. */
    public int merged() {
        return merged;
    }

    /** Grows with every change. */
    public long version() {
        return version;
    }

    /** The first bucket that has changed since a version, or the size if none has. */
    public int firstChangedSince(long since) {
        int bucket = 0;
        while (bucket < size && changed[bucket] <= since) {
            bucket++;
        }
        return bucket;
    }

    private int append(long step) {
        return bucketOf(step, step, 1);
    }

    private int open(long from, long to, int count) {
        if (size == first.length) {
            grow(Math.min(capacity, 2 * size));
        }
        first[size] = from;
        last[size] = to;
        steps[size] = count;
        changed[size] = ++version;
        return size++;
    }

    private void grow(int places) {
        first = Arrays.copyOf(first, places);
        last = Arrays.copyOf(last, places);
        steps = Arrays.copyOf(steps, places);
        changed = Arrays.copyOf(changed, places);
        columns.replaceAll(values -> Arrays.copyOf(values, places));
    }

    /** An odd bucket at the end stays alone. */
    private void mergeNeighbours() {
        int before = size;
        size = (before + 1) / 2;
        stepsPerBucket *= 2;
        merged++;
        version++;
        for (int i = 0; i < size; i++) {
            int right = Math.min(before - 1, 2 * i + 1);
            first[i] = first[2 * i];
            last[i] = last[right];
            steps[i] = right > 2 * i ? steps[2 * i] + steps[right] : steps[2 * i];
            changed[i] = version;
        }
        for (int column = 0; column < columns.size(); column++) {
            merge(columns.get(column), present.get(column), merges.get(column));
        }
    }

    private void merge(double[] values, BitSet there, Merge merge) {
        for (int i = 0; i < size; i++) {
            boolean left = there.get(2 * i);
            boolean right = there.get(2 * i + 1); // never set beyond the last bucket
            if (left && right && merge == Merge.SUM) {
                values[i] = values[2 * i] + values[2 * i + 1];
            } else {
                values[i] = values[right ? 2 * i + 1 : 2 * i];
            }
            there.set(i, left || right);
        }
        there.clear(size, capacity);
    }
}
