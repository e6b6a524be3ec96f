package io.lossledger.streams.raw;

import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Checks whether a topic has records of given runs. */
public final class RunPresence {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private RunPresence() {}

    /**
     * The first of the runs with a committed record in a topic, if there is one.
     *
     * @throws IllegalArgumentException when the topic does not exist
     */
    public static Optional<String> find(Map<String, Object> kafka, String topic, Collection<RunManifest> runs)
            throws InterruptedException {
        try (RunRecords records = RunRecords.open(kafka, topic, runs)) {
            return first(records, record -> true);
        }
    }

    /**
     * Whether the update topic has a committed record from a run's trainer since a given time; requests by others do
     * not count.
     *
     * @throws IllegalArgumentException when the topic does not exist
     */
    public static boolean isSentSince(Map<String, Object> kafka, String topic, String run, long millis)
            throws InterruptedException {
        try (RunRecords records = RunRecords.openAt(kafka, topic, Set.of(run), OptionalLong.of(millis))) {
            return first(records, record -> record.timestamp() >= millis && record.key().length > run.length())
                    .isPresent();
        }
    }

    private static Optional<String> first(RunRecords records, Predicate<ConsumerRecord<byte[], byte[]>> wanted)
            throws InterruptedException {
        while (!records.isAtEnd()) {
            Optional<ConsumerRecord<byte[], byte[]>> record =
                    records.next(PATIENCE).filter(wanted);
            if (record.isPresent()) {
                return Optional.of(RunRecords.runOf(record.get().key()));
            }
        }
        return Optional.empty();
    }
}
