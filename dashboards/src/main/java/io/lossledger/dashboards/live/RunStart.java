package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.history.BucketChain;
import io.lossledger.dashboards.live.topics.PastRows;
import io.lossledger.dashboards.live.topics.TopicReader;
import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.v1.BucketRow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the rows of a run are read from: after those that its buckets hold, which are read first and only once. Without buckets, and
 * if their topic is missing or refused, all rows are read. Not thread-safe.
 */
final class RunStart implements TopicReader.Start {
    private static final Logger log = LoggerFactory.getLogger(RunStart.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** More than the closing balance of one objective, which may have become visible just before the last bucket. */
    private static final long CLOSING_OFFSETS = 2_000;

    private final RunFeed feed;
    private final String run;
    private final String prefix;
    private final Instant started;
    private final boolean over;
    private boolean read;

    /**
     * Nothing is read yet.
     *
     * @param started when the run began, or before
     * @param over whether the training has ended, so that the closing balance may be far back
     */
    RunStart(RunFeed feed, String run, String prefix, Instant started, boolean over) {
        this.feed = feed;
        this.run = run;
        this.prefix = prefix;
        this.started = started;
        this.over = over;
    }

    @Override
    public Map<TopicPartition, Long> offsets(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        if (!read) {
            readBuckets(consumer);
            read = true;
        }
        Map<TopicPartition, Long> all = CommittedReads.offsetsAt(consumer, started.toEpochMilli(), ends, TIMEOUT);
        BucketChain held = feed.buckets().orElse(null);
        if (held == null) {
            return all;
        }
        Map<TopicPartition, Long> offsets = new HashMap<>(all);
        offsets.keySet().removeIf(partition -> isOf(partition, LedgerTopic.STEP) || isOf(partition, LedgerTopic.LAYER));
        if (held.isEnded()) {
            offsets.keySet().removeIf(partition -> isOf(partition, LedgerTopic.WINDOW));
            return offsets;
        }
        // A run that has lost its bucket ends without a last one.
        if (!over) {
            ends.forEach((partition, end) -> {
                if (isOf(partition, LedgerTopic.WINDOW)) {
                    offsets.merge(partition, end - CLOSING_OFFSETS, Math::max);
                }
            });
        }
        for (LedgerTopic topic : List.of(LedgerTopic.STEP, LedgerTopic.LAYER)) {
            int partitions = (int)
                    ends.keySet().stream().filter(each -> isOf(each, topic)).count();
            if (partitions > 0 && !addAfter(held.lastStep(), topic, partitions, consumer, all, ends, offsets)) {
                log.info("Run {} is read row by row: {} does not continue its buckets", run, topic.named(prefix));
                feed.forgetBuckets();
                return all;
            }
        }
        return offsets;
    }

    /**
     * Adds where the rows after a step begin. The rows of a run are in step order in their partition. So none after the step is passed
     * over if the first one that is read is not newer than the step. Times cannot tell: clocks are set back, and the markers of
     * transactions have times of their own.
     */
    private boolean addAfter(
            long step,
            LedgerTopic topic,
            int partitions,
            Consumer<String, byte[]> consumer,
            Map<TopicPartition, Long> firsts,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> offsets) {
        TopicPartition partition = new TopicPartition(topic.named(prefix), RunId.partitionOf(run, partitions));
        long end = ends.getOrDefault(partition, 0L);
        OptionalLong from = PastRows.lookBack(consumer, partition, firsts.getOrDefault(partition, end), end, row -> {
            OptionalLong found = run.equals(row.key()) ? feed.stepOf(row) : OptionalLong.empty();
            return found.stream().mapToObj(number -> number <= step).findFirst();
        });
        from.ifPresent(offset -> offsets.put(partition, offset));
        return from.isPresent();
    }

    private boolean isOf(TopicPartition partition, LedgerTopic topic) {
        return partition.topic().equals(topic.named(prefix));
    }

    private void readBuckets(Consumer<String, byte[]> consumer) {
        try {
            String topic = LedgerTopic.BUCKET.named(prefix);
            List<TopicPartition> all = CommittedReads.partitions(consumer, topic, TIMEOUT);
            if (all.isEmpty()) {
                return;
            }
            readBuckets(consumer, List.of(new TopicPartition(topic, RunId.partitionOf(run, all.size()))));
            if (feed.buckets().isEmpty()) { // perhaps the run began when the topic had fewer partitions
                readBuckets(consumer, all);
            }
        } catch (TopicAuthorizationException e) {
            log.info("Runs are read row by row, because {} cannot be read", e.unauthorizedTopics());
            feed.forgetBuckets();
        }
    }

    private void readBuckets(Consumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        feed.beginBuckets();
        PastRows.read(consumer, partitions, started, run, this::accept);
        feed.endBuckets();
    }

    private boolean accept(ConsumerRecord<String, byte[]> row) {
        try {
            return !run.equals(row.key()) || feed.accept(BucketRow.parseFrom(row.value()));
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("The buckets of {} cannot be parsed", run, e);
            feed.rejectBuckets();
            return false;
        }
    }
}
