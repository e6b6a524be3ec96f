package io.lossledger.dashboards.live;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Feeds that start on demand, are shared, and end some time after the last viewer has left. Thread-safe.
 *
 * @param <K> the key of a feed
 * @param <F> the feed
 */
final class SharedFeeds<K, F extends AutoCloseable> implements AutoCloseable {
    private final Function<K, F> starter;
    private final int most;
    private final long graceNanos;
    private final LongSupplier clock;
    private final Map<K, Shared<F>> feeds = new HashMap<>();

    /**
     * @param most largest number of feeds
     * @param graceNanos how long a feed stays open without viewers
     * @param clock such as {@link System#nanoTime}
     */
    SharedFeeds(Function<K, F> starter, int most, long graceNanos, LongSupplier clock) {
        this.starter = starter;
        this.most = most;
        this.graceNanos = graceNanos;
        this.clock = clock;
    }

    /** A feed and its number of viewers. */
    private static final class Shared<F> {
        private final F feed;
        private int watchers;
        private long idleSince;

        Shared(F feed) {
            this.feed = feed;
        }
    }

    /** Adds a viewer, who must be {@linkplain #release released} once. Empty: too many other feeds are open. */
    synchronized Optional<F> acquire(K key) {
        Shared<F> shared = feeds.get(key);
        if (shared == null) {
            if (feeds.size() >= most && !endIdlest()) {
                return Optional.empty();
            }
            shared = new Shared<>(starter.apply(key));
            feeds.put(key, shared);
        }
        shared.watchers++;
        return Optional.of(shared.feed);
    }

    synchronized void release(K key) {
        Shared<F> shared = feeds.get(key);
        if (shared != null && --shared.watchers == 0) {
            shared.idleSince = clock.getAsLong();
        }
    }

    /** Closes the feeds that have had no viewer for long enough. */
    synchronized void sweep() {
        long now = clock.getAsLong();
        Iterator<Shared<F>> each = feeds.values().iterator();
        while (each.hasNext()) {
            Shared<F> shared = each.next();
            if (shared.watchers == 0 && now - shared.idleSince >= graceNanos) {
                each.remove();
                end(shared.feed);
            }
        }
    }

    synchronized int size() {
        return feeds.size();
    }

    @Override
    public synchronized void close() {
        feeds.values().forEach(shared -> end(shared.feed));
        feeds.clear();
    }

    private boolean endIdlest() {
        long now = clock.getAsLong();
        Optional<Map.Entry<K, Shared<F>>> idlest = feeds.entrySet().stream()
                .filter(entry -> entry.getValue().watchers == 0)
                .max(Comparator.comparingLong(entry -> now - entry.getValue().idleSince));
        idlest.ifPresent(entry -> {
            feeds.remove(entry.getKey());
            end(entry.getValue().feed);
        });
        return idlest.isPresent();
    }

    private void end(F feed) {
        try {
            feed.close();
        } catch (Exception e) {
            throw new IllegalStateException("A feed could not be closed", e);
        }
    }
}
