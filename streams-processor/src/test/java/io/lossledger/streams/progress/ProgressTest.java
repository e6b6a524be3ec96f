package io.lossledger.streams.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private long nanos;
    private final CommitClock commits = new CommitClock(() -> nanos);
    private final RestoreCount restore = new RestoreCount();
    private final Progress progress = new Progress(() -> nanos, commits, restore);
    private final Map<MetricName, Metric> metrics = new HashMap<>();

    @BeforeEach
    void run() {
        progress.runs(true);
    }

    @Test
    void idleIsNoStall() {
        read(0, 10, 0.2);
        pass(600);

        assertThat(progress.stall(metrics)).isEmpty();
        assertThat(progress.stalled(metrics)).isZero();
    }

    @Test
    void aCommitThatTakesTenSecondsIsAStallUntilItSucceeds() {
        commits.waiting("producer");
        pass(9);
        assertThat(progress.stall(metrics)).isEmpty();
        pass(1);
        assertThat(progress.stall(metrics))
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("nothing could be committed for 10 s"));
        assertThat(progress.stalled(metrics)).isEqualTo(Duration.ofSeconds(10));
        commits.committed("producer");

        assertThat(progress.stall(metrics)).isEmpty();
    }

    @Test
    void theStepsOfACommitAreOneWait() {
        commits.waiting("producer");
        pass(6);
        commits.waiting("producer");
        pass(4);

        assertThat(progress.stall(metrics)).isPresent();
    }

    @Test
    void aFailedCommitThatIsTriedAgainIsTheSameStall() {
        commits.waiting("producer");
        pass(10);
        assertThat(progress.stall(metrics)).isPresent();
        progress.runs(false); // the tasks are closed, and start again
        progress.runs(true);
        pass(3);
        assertThat(progress.stall(metrics)).isPresent();
        commits.waiting("producer");
        pass(10);
        assertThat(progress.stall(metrics)).isPresent();
        commits.committed("producer");

        assertThat(progress.stall(metrics)).isEmpty();
    }

    @Test
    void eachLaterStallIsReportedToo() {
        for (int outage = 0; outage < 3; outage++) {
            commits.waiting("producer");
            pass(11);
            assertThat(progress.stall(metrics)).isPresent();
            commits.committed("producer");
            assertThat(progress.stall(metrics)).isEmpty();
        }
    }

    @Test
    void workThatMovedToAnotherProcessorIsNoStallForLong() {
        commits.waiting("producer");
        pass(10);
        assertThat(progress.stall(metrics)).isPresent();
        progress.runs(false);
        progress.runs(true);
        pass(15);

        assertThat(progress.stall(metrics)).isEmpty();
    }

    @Test
    void recordsThatNoPollBringsAreAStall() {
        read(5, 10, 0.2);
        pass(10);

        assertThat(progress.stall(metrics)).contains("records wait, and no broker has sent any for 10 s");
        read(4, 11, 0.2);
        commits.committed("producer");
        pass(1);
        assertThat(progress.stall(metrics)).isEmpty();
    }

    @Test
    void aStepThatTakesMinutesIsNoStall() {
        read(5, 10, 0.2);
        pass(1);
        for (int second = 0; second < 300; second++) {
            read(5, 10, second);
            pass(1);
            assertThat(progress.stall(metrics)).isEmpty();
        }
    }

    @Test
    void aThreadThatProcessesWhatItHasReadIsNoStall() {
        for (int second = 0; second < 300; second++) {
            read(5, 10, 0.2);
            put(name("process-total", "stream-thread-metrics", "thread-id", "app-StreamThread-1"), second);
            pass(1);
            assertThat(progress.stall(metrics)).isEmpty();
        }
    }

    @Test
    void copiesOfTheStateThatAreBehindAreNoStall() {
        put(name("records-lag", "f", "client-id", "app-StreamThread-1-restore-consumer"), 5);
        pass(600);

        assertThat(progress.stall(metrics)).isEmpty();
    }

    @Test
    void aLongRebalanceIsNamed() {
        progress.runs(false);
        commits.waiting("producer");
        pass(9);
        assertThat(progress.sharing()).isEmpty();
        pass(1);
        assertThat(progress.sharing()).contains("the processors are sharing out the partitions");
        progress.runs(true);

        assertThat(progress.sharing()).isEmpty();
    }

    @Test
    void aLongRestoreSaysHowMuchIsLeft() {
        TopicPartition partition = new TopicPartition("changelog", 0);
        progress.runs(false);
        restore.onRestoreStart(partition, "store", 100, 600);
        restore.onBatchRestored(partition, "store", 200, 90);
        pass(10);
        assertThat(progress.sharing()).contains("it restores its state: 410 records are left");
        restore.onRestoreEnd(partition, "store", 500);

        assertThat(progress.sharing()).contains("the processors are sharing out the partitions");
    }

    /** A second at a time, as the command looks. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            var unused = progress.stall(metrics);
            nanos += Duration.ofSeconds(1).toNanos();
        }
    }

    private void read(double lag, double consumed, double pollSecondsAgo) {
        String consumer = "app-StreamThread-1-consumer";
        put(name("records-lag", "consumer-fetch-manager-metrics", "client-id", consumer), lag);
        put(name("records-consumed-total", "consumer-fetch-manager-metrics", "client-id", consumer), consumed);
        put(name("last-poll-seconds-ago", "consumer-metrics", "client-id", consumer), pollSecondsAgo);
    }

    private static MetricName name(String name, String group, String tag, String value) {
        return new MetricName(name, group, "", Map.of(tag, value));
    }

    private void put(MetricName name, double value) {
        metrics.put(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        });
    }
}
