package io.lossledger.streams.progress;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Says when the processor makes no progress although it has work, and why. Idle is no trouble, and neither is a step that takes
 * long. Thread-safe.
 */
public final class Progress {
    /** How long work waits before that is said. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A stall is over when something is committed, or when nothing has waited for this long. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanos;
    private final CommitClock commits;
    private final RestoreCount restore;
    private final ReadClock reads;

    private boolean runs;
    private long changed;
    private long looked;
    private Duration unread = Duration.ZERO;
    private String stall = "";
    private long stallSeen;
    private long commitsBefore;

    /** @param nanos a clock such as {@link System#nanoTime} */
    public Progress(LongSupplier nanos, CommitClock commits, RestoreCount restore) {
        this.nanos = nanos;
        this.commits = commits;
        this.restore = restore;
        reads = new ReadClock(nanos);
        changed = nanos.getAsLong();
        looked = changed - LOOK_NANOS;
    }

    /** Whether the processor has its share of the partitions, from now on. */
    public synchronized void runs(boolean now) {
        if (now != runs) {
            runs = now;
            changed = nanos.getAsLong();
        }
        if (now) { // the work may have moved to another processor
            commits.clear();
            reads.clear();
            unread = Duration.ZERO;
        }
    }

    /** How long work has waited without a commit; zero when none waits, or the work is being shared out. */
    public synchronized Duration stalled(Map<MetricName, ? extends Metric> metrics) {
        long now = nanos.getAsLong();
        if (runs && now - looked >= LOOK_NANOS) {
            looked = now;
            unread = reads.look(metrics);
        }
        Duration uncommitted = commits.longest();
        return uncommitted.compareTo(unread) >= 0 ? uncommitted : unread;
    }

    /** Why nothing has been committed for the time of the patience, although work waits. Must be called often. */
    public synchronized Optional<String> stall(Map<MetricName, ? extends Metric> metrics) {
        long now = nanos.getAsLong();
        if (stalled(metrics).compareTo(PATIENCE) >= 0) {
            if (stall.isEmpty()) {
                commitsBefore = commits.commits();
            }
            stallSeen = now;
            stall = commits.longest().compareTo(PATIENCE) >= 0
                    ? "nothing could be committed for " + PATIENCE.toSeconds()
                            + " s; usual reasons: too few replicas in sync, no leader, a full disk"
                    : "records wait, and no broker has sent any for " + PATIENCE.toSeconds() + " s";
        } else if (commits.commits() != commitsBefore || now - stallSeen >= QUIET.toNanos()) {
            stall = "";
        }
        return stall.isEmpty() ? Optional.empty() : Optional.of(stall);
    }

    /** Why the processor has had no share of the partitions for the time of the patience. */
    public synchronized Optional<String> sharing() {
        if (runs || nanos.getAsLong() - changed < PATIENCE.toNanos()) {
            return Optional.empty();
        }
        long left = restore.records();
        return Optional.of(
                left > 0
                        ? "it restores its state: " + left + " records are left"
                        : "the processors are sharing out the partitions");
    }
}
