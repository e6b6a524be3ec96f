package io.lossledger.streams.raw;

import io.lossledger.protocol.v1.RunManifest;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Looks whether a topic has anything of some runs. */
public final class RunPresence {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private RunPresence() {}

    /**
     * The first of the runs that a topic has a committed record of, if it has one.
     *
     * @throws IllegalArgumentException when the topic does not exist
     */
    public static Optional<String> find(Map<String, Object> kafka, String topic, Collection<RunManifest> runs)
            throws InterruptedException {
        try (RunRecords records = RunRecords.open(kafka, topic, runs)) {
            while (!records.isAtEnd()) {
                Optional<ConsumerRecord<byte[], byte[]>> record = records.next(PATIENCE);
                if (record.isPresent()) {
                    return Optional.of(RunRecords.runOf(record.get().key()));
                }
            }
        }
        return Optional.empty();
    }
}
