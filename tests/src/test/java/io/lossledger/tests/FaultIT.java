package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.streams.LedgerProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly once under fire: two processors that share the work are killed at random moments while updates come in, and once the
 * broker too. What they write is bit for bit what an undisturbed processor writes.
 *
 * <p>{@code lossledger.fault.rounds}: kills; {@code lossledger.fault.seed}: a seed to repeat.
 */
@Tag("long")
class FaultIT {
    private static final int ROUNDS = Integer.getInteger("lossledger.fault.rounds", 10);
    private static final int RUNS = 6;
    /** A step of every run is 15 records. */
    private static final long STEP_MILLIS = 40;

    private static final int MOST_STEPS_A_ROUND = 60;

    /**
     * A dead member is noticed after the session timeout, the least a broker allows. What it has left open is aborted when it
     * comes back, or else by the transaction timeout.
     */
    private static final String QUICK_RECOVERY = """
            consumer.session.timeout.ms=6000
            consumer.heartbeat.interval.ms=1000
            producer.transaction.timeout.ms=10000
            """;

    private final List<Node> processors = new ArrayList<>();

    @Test
    void everyRowIsThereOnceAndTheSameBits(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("lossledger.fault.seed", System.nanoTime());
        String what = "lossledger.fault.seed=" + seed;
        System.out.println("faults: " + ROUNDS + " rounds, " + what);
        int port = StablePort.find();
        String address = "localhost:" + port;
        long startMillis = System.currentTimeMillis();
        Node broker = Node.of("broker", "--port", port, "--data-dir", directory.resolve("kafka"));
        try {
            broker.start("Kafka serves at " + address);
            int steps =
                    disturb(address, directory, broker, new SyntheticFeed(seed, RUNS, startMillis), new Random(seed));
            SyntheticFeed again = new SyntheticFeed(seed, RUNS, startMillis);
            SortedMap<String, List<String>> expected = undisturbed(address, directory, again, steps);
            assertCovered(expected);
            ResultsMatch.require(what, expected, new Results(address, "faults.").canonical());
        } finally {
            processors.forEach(Node::close);
            broker.close();
        }
    }

    private int disturb(String address, Path directory, Node broker, SyntheticFeed feed, Random random)
            throws Exception {
        Processing.createTopics(address, "faults.");
        Results results = new Results(address, "faults.");
        try (RawProducer producer = new RawProducer(address, "faults.")) {
            startProcessors(address, directory);
            for (int round = 0; round < ROUNDS; round++) {
                int from = feed.next();
                System.out.println("faults: round " + round + " from step " + from);
                send(feed, producer, 1 + random.nextInt(MOST_STEPS_A_ROUND));
                if (round == ROUNDS / 2) {
                    broker.kill();
                    broker.start("Kafka serves at " + address);
                }
                // Half of the kills hit processors that are at work for sure, the others also those that are coming
                // back.
                if (random.nextBoolean()) {
                    awaitStep(results, from);
                    send(feed, producer, 1 + random.nextInt(MOST_STEPS_A_ROUND));
                }
                killSome(random.nextInt(3));
            }
            send(feed, producer, 5);
            // One dies for good: the other takes over, and what the dead one left open ends by itself.
            processors.get(0).kill();
            feed.end(producer);
        }
        results.awaitClosed(feed.names(), processors.get(1)::requireAlive);
        processors.get(1).interrupt();
        return feed.next();
    }

    private void startProcessors(String address, Path directory) throws Exception {
        Path config = Files.writeString(directory.resolve("quick.properties"), QUICK_RECOVERY);
        for (int i = 0; i < 2; i++) {
            List<Object> options = new ArrayList<>(List.of("process", "--http-port", 0, "--bootstrap-server", address));
            options.addAll(List.of("--kafka-config", config, "--topic-prefix", "faults."));
            options.addAll(List.of("--application-id", "faults", "--state-dir", directory.resolve("state-" + i)));
            options.addAll(Processing.EVERYTHING_OPTIONS);
            processors.add(Node.of(options.toArray()));
        }
        for (Node node : processors) {
            node.start("the processor runs");
        }
    }

    /** The first, the second or both. */
    private void killSome(int victim) throws Exception {
        for (int i = 0; i < 2; i++) {
            if (victim == i || victim == 2) {
                processors.get(i).kill();
                processors.get(i).start();
            }
        }
    }

    private static void send(SyntheticFeed feed, RawProducer producer, int steps) {
        for (int step = 0; step < steps; step++) {
            feed.step(producer);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(STEP_MILLIS));
        }
    }

    /** Waits until something later than a step is committed. */
    private void awaitStep(Results results, int step) {
        results.await(
                LedgerTopic.STEP,
                "Step " + step,
                () -> processors.forEach(Node::requireAlive),
                record -> Results.stepOf(record) >= step);
    }

    private static SortedMap<String, List<String>> undisturbed(
            String address, Path directory, SyntheticFeed feed, int steps) throws Exception {
        Processing.createTopics(address, "calm.");
        try (RawProducer producer = new RawProducer(address, "calm.");
                LedgerProcessor processor = new LedgerProcessor(Processing.settings(
                        address, "calm.", directory.resolve("calm"), Processing.EVERYTHING, Map.of()))) {
            processor.start();
            while (feed.next() < steps) {
                feed.step(producer);
            }
            feed.end(producer);
            Results results = new Results(address, "calm.");
            results.awaitClosed(
                    feed.names(), () -> assertThat(processor.failure()).isEmpty());
            assertThat(processor.stop()).isTrue();
            return results.canonical();
        }
    }

    /** The comparison would also pass if there were nothing to compare. */
    private static void assertCovered(SortedMap<String, List<String>> results) {
        assertThat(results.keySet())
                .contains("STEP run-0", "LAYER run-0", "UNIT run-0", "WINDOW run-" + (RUNS - 1))
                .contains("MOMENT run-3", "ALERT run-0", "PARAMETER run-0|0|0")
                .anyMatch(name -> name.startsWith("REJECTED poison"));
        assertThat(results.values().stream().flatMap(List::stream))
                .anyMatch(row -> row.contains("\"missing_before\":1"));
    }
}
