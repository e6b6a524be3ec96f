package io.lossledger.standalone.http;

import io.lossledger.protocol.LedgerTopic;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Leaves out metrics that Kafka reports twice, and those of its state stores, which make up most of a scrape. Immutable. */
final class KafkaMeterFilter implements MeterFilter {
    private final Set<String> aliases;

    /** @param topicPrefix of the ledger's topics, such as {@code lossledger.} */
    KafkaMeterFilter(String topicPrefix) {
        Set<String> topics = Arrays.stream(LedgerTopic.values())
                .map(topic -> topic.named(topicPrefix))
                .collect(Collectors.toSet());
        // Kafka's consumers report all metrics of a topic a second time, with the dots of its name replaced: sums would
        // count
        // double.
        aliases = topics.stream()
                .map(topic -> topic.replace('.', '_'))
                .filter(alias -> !topics.contains(alias))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return isOfStores(id.getName()) || isAlias(id) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    private static boolean isOfStores(String name) {
        return name.startsWith("kafka.stream.state.") || name.startsWith("kafka.stream.record.cache.");
    }

    private boolean isAlias(Meter.Id id) {
        @Nullable String topic = id.getTag("topic");
        return topic != null && id.getName().startsWith("kafka.") && aliases.contains(topic);
    }
}
