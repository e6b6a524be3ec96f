package io.lossledger.standalone.bench;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.RowFollower;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.topology.ProcessorSettings;
import io.lossledger.trainer.bench.Spread;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger bench throughput}: the same topic read, passed through and balanced, in turn. */
@Command(
        name = "throughput",
        description = {
            "Compares, in turn, how fast the processor balances a topic of updates exactly once, how fast a consumer reads"
                    + " it, and how fast a Kafka Streams application passes it through. Prints medians, and the spread of the ratio."
        },
        mixinStandardHelpOptions = true)
final class BenchThroughputCommand implements Callable<Integer> {
    private static final List<Integer> CHUNK_KIB = List.of(64, 256);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Option(
            names = "--mib",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Size of each topic in MiB. Default: ${DEFAULT-VALUE}")
    int mib = 1024;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Number of rounds, after one that warms up. Default: ${DEFAULT-VALUE}")
    int rounds = 5;

    @Option(
            names = "--stream-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads of both applications. Default: ${DEFAULT-VALUE}")
    int threads = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // set when the command is called
    private ProgressLine line;

    private int applications;

    @Override
    public Integer call() throws Exception {
        line = new ProgressLine(spec.commandLine().getErr());
        UserException.requirePositive("--mib", mib);
        UserException.requirePositive("--rounds", rounds);
        PrintWriter out = spec.commandLine().getOut();
        out.println("| chunks | read | passed through | balanced | balanced / passed through | from | to |");
        out.println("|---|---|---|---|---|---|---|");
        for (int kib : CHUNK_KIB) {
            try (BenchKafka kafka = BenchKafka.start(0, TopicSettings.DEFAULT)) {
                measure(kafka, kib, out);
            }
        }
        return 0;
    }

    private void measure(BenchKafka kafka, int kib, PrintWriter out) throws Exception {
        TopicSettings topics = TopicSettings.DEFAULT;
        long bytes = BenchTopic.fill(kafka, kib, mib, line);
        List<Double> read = new ArrayList<>();
        List<Double> passed = new ArrayList<>();
        List<Double> balanced = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            line.show(kib + " KiB, round " + round + " of " + rounds);
            double readSeconds = seconds(() -> BenchTopic.read(kafka));
            double passSeconds = passThrough(kafka, topics);
            double balanceSeconds = balance(kafka, topics);
            if (round > 0) {
                read.add(readSeconds);
                passed.add(passSeconds);
                balanced.add(balanceSeconds);
            }
        }
        line.clear();
        Spread ratio = Spread.ofRatios(passed, balanced);
        out.printf(
                Locale.ROOT,
                "| %d KiB | %.0f MiB/s | %.0f MiB/s | %.0f MiB/s | %.2f | %.2f | %.2f |%n",
                kib,
                bytes / Spread.of(read).median() / BenchTopic.MIB,
                bytes / Spread.of(passed).median() / BenchTopic.MIB,
                bytes / Spread.of(balanced).median() / BenchTopic.MIB,
                ratio.median(),
                ratio.least(),
                ratio.most());
        out.flush();
    }

    /** Seconds from when the application has its partitions until it has committed all of the topic. */
    private double passThrough(BenchKafka kafka, TopicSettings topics) throws Exception {
        String id = "pass-through-" + applications++;
        String copy = "copy-" + id;
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        LedgerTopic.UPDATE.named(topics.prefix()),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("read"))
                .to(copy, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("write"));
        ProcessorSettings settings = kafka.processor(id, topics, threads, Map.of());
        CountDownLatch running = new CountDownLatch(1);
        try (Admin admin = Admin.create(kafka.clientConfig());
                KafkaStreams streams = new KafkaStreams(builder.build(), settings.streamsProperties())) {
            admin.createTopics(List.of(new NewTopic(copy, topics.partitions(), (short) 1)))
                    .all()
                    .get();
            Map<TopicPartition, Long> ends = ends(kafka);
            streams.setStateListener((next, before) -> {
                if (next == KafkaStreams.State.RUNNING) {
                    running.countDown();
                }
            });
            streams.start();
            require(running.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the pass-through did not start");
            double seconds = seconds(() -> {
                long deadline = deadline();
                while (!isCommitted(admin, id, ends)) {
                    require(System.nanoTime() < deadline, "the pass-through did not end");
                }
            });
            streams.close(Duration.ofSeconds(30));
            admin.deleteTopics(List.of(copy)).all().get();
            return seconds;
        }
    }

    /** Seconds from when the processor has its partitions until the closing balance of the run can be read. */
    private double balance(BenchKafka kafka, TopicSettings topics) throws Exception {
        ProcessorSettings settings = kafka.processor("processor-" + applications++, topics, threads, Map.of());
        try (RowFollower windows = new RowFollower(kafka.clientConfig(), topics.prefix(), LedgerTopic.WINDOW);
                LedgerProcessor processor = new LedgerProcessor(settings)) {
            processor.start();
            require(processor.awaitRunning(PATIENCE), "the processor did not start");
            return seconds(() -> {
                long deadline = deadline();
                while (!isClosed(windows)) {
                    require(System.nanoTime() < deadline && !processor.isStopped(), "the processor did not end");
                }
            });
        }
    }

    private static boolean isClosed(RowFollower windows) throws Exception {
        boolean closed = false;
        for (ConsumerRecord<String, byte[]> record : windows.poll()) {
            WindowRow.Builder row = WindowRow.newBuilder();
            RowFormat.JSON.merge(record.value(), row);
            closed |= row.getKind() == WindowKind.WINDOW_KIND_RUN;
        }
        return closed;
    }

    private static boolean isCommitted(Admin admin, String group, Map<TopicPartition, Long> ends) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            OffsetAndMetadata offset = committed.get(end.getKey());
            if (end.getValue() > 0 && (offset == null || offset.offset() < end.getValue())) {
                TimeUnit.MILLISECONDS.sleep(20);
                return false;
            }
        }
        return true;
    }

    private static Map<TopicPartition, Long> ends(BenchKafka kafka) {
        try (var consumer =
                new KafkaConsumer<>(kafka.clientConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(BenchTopic.partitions(consumer));
        }
    }

    private static double seconds(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static long deadline() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    private static void require(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalStateException(fault);
        }
    }

    private interface Work {
        void run() throws Exception;
    }
}
