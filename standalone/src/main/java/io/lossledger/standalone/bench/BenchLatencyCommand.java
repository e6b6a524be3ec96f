package io.lossledger.standalone.bench;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.standalone.terminal.RowFollower;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.LedgerProcessor;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench latency}: the time from the trainer to a reader of the step's row. */
@Command(
        name = "latency",
        description = {
            "Measures the time from sending the last chunk of a step until a read_committed consumer reads its row of"
                    + " lossledger.step. Kafka, producer, processor and reader run in this process."
        },
        mixinStandardHelpOptions = true)
final class BenchLatencyCommand implements Callable<Integer> {
    private static final List<Integer> MNIST_FC = List.of(784, 100, 50, 10);
    private static final List<Integer> COMMIT_MILLIS = List.of(100, 10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CHUNK_BYTES = 256 << 10;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of 84,060 parameters per second. Default: ${DEFAULT-VALUE}")
    int rate = 20;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Steps that are measured. Default: ${DEFAULT-VALUE}")
    int steps = 1000;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "How long steps are sent before that, while the JVM compiles. Default: ${DEFAULT-VALUE}")
    int warmUpSeconds = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        UserException.requirePositive("--rate", rate);
        UserException.requirePositive("--steps", steps);
        UserException.requirePositive("--warm-up", warmUpSeconds);
        PrintWriter out = spec.commandLine().getOut();
        out.println("| commit.interval.ms | p50 | p99 | max |");
        out.println("|---|---|---|---|");
        for (int commitMillis : COMMIT_MILLIS) {
            spec.commandLine().getErr().println("committing every " + commitMillis + " ms ...");
            double[] millis = latencies(commitMillis);
            Arrays.sort(millis);
            out.printf(
                    Locale.ROOT,
                    "| %d | %.0f ms | %.0f ms | %.0f ms |%n",
                    commitMillis,
                    millis[millis.length / 2],
                    millis[(int) Math.ceil(0.99 * millis.length) - 1],
                    millis[millis.length - 1]);
            out.flush();
        }
        return 0;
    }

    private double[] latencies(int commitMillis) throws Exception {
        TopicSettings topics = TopicSettings.DEFAULT;
        int warmUp = warmUpSeconds * rate;
        AtomicLongArray sent = new AtomicLongArray(warmUp + steps);
        AtomicLongArray read = new AtomicLongArray(warmUp + steps);
        try (BenchKafka kafka = BenchKafka.start(0, topics);
                RowFollower rows = new RowFollower(kafka.clientConfig(), topics.prefix(), LedgerTopic.STEP);
                LedgerProcessor processor = new LedgerProcessor(kafka.processor(
                        "latency", topics, 1, Map.of("commit.interval.ms", Integer.toString(commitMillis))));
                BenchRun run = new BenchRun("bench", MNIST_FC, topics.prefix(), CHUNK_BYTES, kafka.clientConfig())) {
            processor.start();
            if (!processor.awaitRunning(PATIENCE)) {
                throw new IllegalStateException("the processor did not start");
            }
            FutureTask<Boolean> sending = new FutureTask<>(() -> send(run, sent), true);
            new Thread(sending, "sender").start();
            readAll(rows, read, processor);
            sending.get();
        }
        double[] millis = new double[steps];
        for (int i = 0; i < steps; i++) {
            millis[i] = (read.get(warmUp + i) - sent.get(warmUp + i)) / 1e6;
        }
        return millis;
    }

    /** Keeps the rate whatever a step takes, so that a pause is seen in the steps behind it too. */
    private void send(BenchRun run, AtomicLongArray sent) {
        long start = System.nanoTime();
        for (int step = 0; step < sent.length(); step++) {
            long due = start + step * TimeUnit.SECONDS.toNanos(1) / rate;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            run.publish();
            sent.set(step, System.nanoTime());
        }
        run.finish();
    }

    private static void readAll(RowFollower rows, AtomicLongArray read, LedgerProcessor processor) throws Exception {
        long lastSign = System.nanoTime();
        for (int count = 0; count < read.length(); ) {
            for (ConsumerRecord<String, byte[]> record : rows.poll()) {
                long now = System.nanoTime();
                StepRow.Builder row = StepRow.newBuilder();
                RowFormat.JSON.merge(record.value(), row);
                read.set(row.getStep(), now);
                lastSign = now;
                count++;
            }
            if (processor.isStopped() || System.nanoTime() - lastSign > PATIENCE.toNanos()) {
                throw new IllegalStateException("no more rows arrived after " + count);
            }
        }
    }
}
