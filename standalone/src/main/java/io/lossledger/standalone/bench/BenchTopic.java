package io.lossledger.standalone.bench;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.ProgressLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The update topic of a benchmark: one run, of a network like {@code mnist-fc}. */
final class BenchTopic {
    static final String RUN = "bench";

    static final long MIB = 1 << 20;

    private static final List<Integer> MNIST_FC = List.of(784, 100, 50, 10);

    private BenchTopic() {}

    /** Writes a run of at least {@code mib} MiB, in chunks of {@code kib} KiB, and returns how many bytes there are. */
    static long fill(BenchKafka kafka, int kib, int mib, ProgressLine line) {
        try (BenchRun run =
                new BenchRun(RUN, MNIST_FC, TopicSettings.DEFAULT_PREFIX, kib << 10, kafka.clientConfig())) {
            while (run.bytes() < mib * MIB) {
                line.show(kib + " KiB, filling the topic: " + run.bytes() / MIB + " of " + mib + " MiB");
                run.publish();
            }
            run.finish();
            return run.bytes();
        }
    }

    /** Reads all of it as any consumer does, and throws it away. */
    static void read(BenchKafka kafka) {
        Map<String, Object> config = new HashMap<>(kafka.clientConfig());
        config.put("enable.auto.commit", false);
        config.put("fetch.max.wait.ms", 20); // or closing would wait for half a second, which is no reading
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long left = ends.values().stream().mapToLong(Long::longValue).sum();
            while (left > 0) {
                left -= consumer.poll(Duration.ofSeconds(1)).count();
            }
        }
    }

    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(LedgerTopic.UPDATE.named(TopicSettings.DEFAULT_PREFIX))
                .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        return partitions;
    }
}
