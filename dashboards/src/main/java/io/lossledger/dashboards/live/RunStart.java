package io.lossledger.dashboards.live;

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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the rows of a run are read from: after those that its buckets hold, which are read first and only once. Without buckets, and if
 * their topic is missing or refused, all rows are read. Not thread-safe.
 */
final class RunStart implements TopicReader.Start {
    private static final Logger log = LoggerFactory.getLogger(RunStart.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final RunFeed feed;
    private final String run;
    private final String prefix;
    private final Instant started;
    private boolean read;

    /** @param started when the run began, or before */
    RunStart(RunFeed feed, String run, String prefix, Instant started) {
        this.feed = feed;
        this.run = run;
        this.prefix = prefix;
        this.started = started;
    }

    @Override
    public Map<TopicPartition, Long> offsets(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        if (!read) {
            readBuckets(consumer);
            read = true;
        }
        Map<TopicPartition, Long> rest = new HashMap<>();
        Map<TopicPartition, Long> whole = new HashMap<>();
        ends.forEach((partition, end) -> {
            boolean isHeld = feed.buckets().isPresent()
                    && RunFeed.HELD_BY_BUCKETS.stream()
                            .anyMatch(topic -> partition.topic().equals(topic.named(prefix)));
            (isHeld ? rest : whole).put(partition, end);
        });
        Map<TopicPartition, Long> offsets = CommittedReads.offsetsAt(consumer, started.toEpochMilli(), whole, TIMEOUT);
        feed.buckets()
                .filter(chain -> !chain.isEnded())
                .ifPresent(chain -> offsets.putAll(CommittedReads.offsetsAt(consumer, chain.millis(), rest, TIMEOUT)));
        return offsets;
    }

    private void readBuckets(KafkaConsumer<String, byte[]> consumer) {
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
        }
    }

    private void readBuckets(KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions) {
        feed.beginBuckets();
        PastRows.read(consumer, partitions, started, run, this::accept);
        feed.endBuckets();
    }

    private boolean accept(ConsumerRecord<String, byte[]> row) {
        try {
            return !run.equals(row.key()) || feed.accept(BucketRow.parseFrom(row.value()), row.timestamp());
        } catch (IOException | RuntimeException e) { // no content of a topic may end the reading
            log.debug("The buckets of {} cannot be parsed", run, e);
            feed.rejectBuckets();
            return false;
        }
    }
}
