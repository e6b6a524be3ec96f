package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SharedFeedsTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<String> started = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final SharedFeeds<String, AutoCloseable> feeds = new SharedFeeds<>(this::start, 2, 100, clock::get);

    private AutoCloseable start(String key) {
        started.add(key);
        return () -> ended.add(key);
    }

    @Test
    void isStartedOnceForAllViewers() {
        assertThat(feeds.acquire("a")).isEqualTo(feeds.acquire("a"));
        assertThat(started).containsExactly("a");
    }

    @Test
    void endsSomeTimeAfterTheLastViewerHasLeft() {
        feeds.acquire("a");
        feeds.acquire("a");
        feeds.release("a");
        clock.set(1_000);
        feeds.sweep();
        assertThat(ended).isEmpty();

        feeds.release("a");
        clock.set(1_099);
        feeds.sweep();
        assertThat(ended).isEmpty();
        clock.set(1_100);
        feeds.sweep();
        assertThat(ended).containsExactly("a");
        assertThat(feeds.size()).isZero();
    }

    @Test
    void isStillRunningForAViewerWhoReturnsInTime() {
        feeds.acquire("a");
        feeds.release("a");
        clock.set(99);
        feeds.acquire("a");
        clock.set(500);
        feeds.sweep();

        assertThat(started).containsExactly("a");
        assertThat(ended).isEmpty();
    }

    @Test
    void theFeedIdleForLongestMakesRoom() {
        feeds.acquire("a");
        feeds.acquire("b");
        feeds.release("b");
        clock.set(1);
        feeds.release("a");
        feeds.acquire("c");

        assertThat(ended).containsExactly("b");
    }

    @Test
    void refusesWhenAllFeedsHaveViewers() {
        feeds.acquire("a");
        feeds.acquire("b");

        assertThat(feeds.acquire("c")).isEmpty();
        assertThat(started).containsExactly("a", "b");
    }
}
