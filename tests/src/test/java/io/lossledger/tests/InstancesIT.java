package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplayReport;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.TopicSink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** However many share the work, and however often it is done: the same raw records give the same bits. */
@TestInstance(Lifecycle.PER_CLASS)
class InstancesIT {
    private static final int STEPS = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);

    private Path directory;
    private EmbeddedBroker broker;
    private SyntheticFeed feed;
    private SortedMap<String, List<String>> expected;

    @BeforeAll
    void processOnOne(@TempDir Path folder) throws Exception {
        directory = folder;
        broker = EmbeddedBroker.start(0, directory);
        feed = new SyntheticFeed(6, 8, System.currentTimeMillis());
        expected = process("one.", 1, Map.of(), producer -> {
            while (feed.next() < STEPS) {
                feed.step(producer);
            }
            feed.end(producer);
        });
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @Test
    void writesRowsOfEveryKind() {
        assertThat(expected.keySet()).contains("STEP run-0", "LAYER run-1", "UNIT run-2", "WINDOW run-7");
        assertThat(expected.get("STEP run-0")).hasSizeGreaterThan(STEPS);
    }

    @Test
    void twoInstancesWriteTheSame() throws Exception {
        ResultsMatch.require("two instances", expected, process("two.", 2, Map.of(), this::copyRaw));
    }

    @Test
    void fourInstancesWriteTheSame() throws Exception {
        ResultsMatch.require("four instances", expected, process("four.", 4, Map.of(), this::copyRaw));
    }

    @Test
    void aSecondProcessingWithAStandbyWritesTheSame() throws Exception {
        ResultsMatch.require(
                "again", expected, process("again.", 2, Map.of("num.standby.replicas", "1"), this::copyRaw));
    }

    @Test
    void aReplayWritesTheSame() throws Exception {
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (TopicSink manifests = TopicSink.open(kafka, "one.", RowFormat.JSON, "manifests")) {
            for (String run : feed.names()) {
                manifests.accept(
                        LedgerTopic.RUN,
                        run,
                        RunManifest.newBuilder().setRun(run).build(),
                        0);
            }
            manifests.commit();
        }
        Processing.createTopics(broker.bootstrapServers(), "replay.");
        ReplaySettings settings = new ReplaySettings(
                "one.", new TreeSet<>(feed.names()), StepRange.ALL, Optional.empty(), Processing.EVERYTHING, false);
        ReplayReport report;
        try (TopicSink rows = TopicSink.open(kafka, "replay.", RowFormat.JSON, "replay")) {
            report = new Replay(settings, kafka, rows).run(progress -> {});
        }
        SortedMap<String, List<String>> booked = new TreeMap<>(expected);
        booked.keySet().removeIf(name -> name.startsWith(LedgerTopic.REJECTED.name()));

        ResultsMatch.require("a replay", booked, new Results(broker.bootstrapServers(), "replay.").canonical());
        assertThat(report.runs().keySet()).isEqualTo(feed.names());
        assertThat(report.duplicates()).isPositive();
        assertThat(report.runs().values())
                .anySatisfy(run -> assertThat(run.missingSteps()).isPositive());
    }

    /** Partition, order, time and bytes stay. */
    private void copyRaw(RawProducer producer) {
        for (ConsumerRecord<byte[], byte[]> record :
                new Results(broker.bootstrapServers(), "one.").read(LedgerTopic.UPDATE)) {
            producer.send(record.key(), record.value(), record.timestamp());
        }
    }

    private SortedMap<String, List<String>> process(
            String prefix, int instances, Map<String, String> kafka, Consumer<RawProducer> source) throws Exception {
        Processing.createTopics(broker.bootstrapServers(), prefix);
        List<LedgerProcessor> processors = new ArrayList<>();
        try (RawProducer producer = new RawProducer(broker.bootstrapServers(), prefix)) {
            for (int i = 0; i < instances; i++) {
                processors.add(new LedgerProcessor(Processing.settings(
                        broker.bootstrapServers(),
                        prefix,
                        directory.resolve(prefix + i),
                        Processing.EVERYTHING,
                        kafka)));
            }
            processors.forEach(LedgerProcessor::start);
            awaitShared(prefix + "app", instances);
            source.accept(producer);
            producer.flush();
            Results results = new Results(broker.bootstrapServers(), prefix);
            results.awaitClosed(
                    feed.names(),
                    () -> assertThat(processors).allMatch(one -> one.failure().isEmpty()));
            // What they have not committed by then must not change anything.
            processors.forEach(one -> assertThat(one.stop()).isTrue());
            return results.canonical();
        } finally {
            processors.forEach(LedgerProcessor::close);
        }
    }

    /** Waits until every instance has partitions: one that comes late would find the work done. */
    private void awaitShared(String application, int instances) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            while (System.nanoTime() < deadline) {
                if (busyMembers(admin, application) == instances) {
                    return;
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
        throw new AssertionError("Not all of " + instances + " instances got partitions within " + PATIENCE);
    }

    private static long busyMembers(Admin admin, String application) throws Exception {
        try {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(application))
                    .describedGroups()
                    .get(application)
                    .get();
            return group.members().stream()
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .count();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0; // nobody has joined yet
            }
            throw e;
        }
    }
}
