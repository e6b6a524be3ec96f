package io.lossledger.standalone.commands;

import io.lossledger.protocol.CommittedReads;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.terminal.JsonLines;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lossledger tail}. */
@Command(
        name = "tail",
        description = "Prints a topic as JSON lines: existing records, then new ones, until Ctrl-C.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Only committed records are shown. Vectors of lossledger.update are left out.",
            "",
            "Examples:",
            "  lossledger tail step --run digits-1",
            "  lossledger tail lossledger.layer --live | jq -c '[.step, .layer, .lca]'",
            "  lossledger tail window --no-follow --count 20"
        })
public final class TailCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    @Parameters(paramLabel = "TOPIC", description = "Name of the topic, with or without the prefix, such as layer.")
    String topic = "";

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Option(names = "--run", paramLabel = "ID", description = "Prints only the records of this run.")
    @Nullable
    String run;

    @Option(names = "--count", paramLabel = "N", description = "Stops after N lines.")
    long count = Long.MAX_VALUE;

    @Option(names = "--live", description = "Prints only new records.")
    boolean live;

    @Option(names = "--no-follow", description = "Stops after the existing records.")
    boolean noFollow;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        LedgerTopic known = topic();
        String name = known.named(kafka.topicPrefix);
        kafka.connect().close();
        Map<String, Object> config = CommittedReads.settings(kafka.clientConfig());
        try (StopSignal stop = StopSignal.install(() -> {});
                var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = assign(consumer, name);
            JsonLines lines = new JsonLines(known);
            long printed = 0;
            while (printed < count && !stop.isAsked() && !out.checkError()) {
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(POLL)) {
                    if (printed < count && isWanted(entry)) {
                        out.println(lines.line(entry));
                        printed++;
                    }
                }
                if (noFollow && CommittedReads.offsetsLeft(consumer, ends, TIMEOUT) == 0) {
                    break;
                }
            }
        }
        return 0;
    }

    private LedgerTopic topic() {
        List<String> names = new ArrayList<>();
        for (LedgerTopic known : LedgerTopic.values()) {
            if (topic.equals(known.named("")) || topic.equals(known.named(kafka.topicPrefix))) {
                return known;
            }
            names.add(known.named(""));
        }
        throw new UserException("TOPIC: must be one of " + String.join(", ", names) + ". Found: " + topic);
    }

    private Map<TopicPartition, Long> assign(KafkaConsumer<String, byte[]> consumer, String name) {
        List<TopicPartition> partitions = CommittedReads.partitions(consumer, name, TIMEOUT);
        if (partitions.isEmpty()) {
            throw new UserException("TOPIC: must exist in this Kafka. Found: " + name
                    + " is missing; create it with: lossledger topics --create");
        }
        consumer.assign(partitions);
        if (live) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // seeking is lazy: now is now
        } else {
            consumer.seekToBeginning(partitions);
        }
        return new HashMap<>(consumer.endOffsets(partitions));
    }

    private boolean isWanted(ConsumerRecord<String, byte[]> entry) {
        return run == null
                || (entry.key() != null
                        && (entry.key().equals(run) || entry.key().startsWith(run + "|")));
    }
}
