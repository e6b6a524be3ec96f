package io.lossledger.streams.books;

import io.lossledger.streams.v1.RunProgress;
import io.lossledger.streams.v1.UnitBook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Limits what is kept of ended runs in each partition: the books of the newest hundred, and for ten thousand runs the
 * fact that they have ended. Not thread-safe.
 */
final class EndedRuns {
    static final int KEPT_BOOKS = 100;
    static final int KEPT_RUNS = 10_000;

    private static final StringSerializer KEYS = new StringSerializer();

    private final LedgerStores stores;
    private final int keptBooks;
    private final int keptRuns;

    EndedRuns(LedgerStores stores) {
        this(stores, KEPT_BOOKS, KEPT_RUNS);
    }

    EndedRuns(LedgerStores stores, int keptBooks, int keptRuns) {
        this.stores = stores;
        this.keptBooks = keptBooks;
        this.keptRuns = keptRuns;
    }

    private record Ended(String run, long order) {}

    /** Records that a run has ended, and forgets the oldest runs beyond the limits. */
    void add(String name, RunProgress run) {
        List<Ended> ended = others(name);
        long order = 1 + ended.stream().mapToLong(Ended::order).max().orElse(0);
        stores.progress().put(name, run.toBuilder().setEndedOrder(order).build());
        ended.add(new Ended(name, order));
        ended.sort(Comparator.comparingLong(Ended::order).reversed().thenComparing(Ended::run));
        for (int i = keptBooks; i < ended.size(); i++) {
            dropBooks(ended.get(i).run());
            if (i >= keptRuns) {
                stores.progress().delete(ended.get(i).run());
            }
        }
    }

    private List<Ended> others(String name) {
        List<Ended> ended = new ArrayList<>();
        try (KeyValueIterator<String, RunProgress> all = stores.progress().all()) {
            while (all.hasNext()) {
                KeyValue<String, RunProgress> run = all.next();
                if (run.value.getFinished() && !run.key.equals(name)) {
                    ended.add(new Ended(run.key, run.value.getEndedOrder()));
                }
            }
        }
        return ended;
    }

    /** Deletes the books of a run, if they are still kept. */
    void dropBooks(String run) {
        if (stores.books().get(run) == null) {
            return;
        }
        stores.books().delete(run);
        List<String> units = new ArrayList<>();
        try (KeyValueIterator<String, UnitBook> scan = stores.units().prefixScan(run + '|', KEYS)) {
            scan.forEachRemaining(unit -> units.add(unit.key));
        }
        units.forEach(stores.units()::delete);
    }
}
