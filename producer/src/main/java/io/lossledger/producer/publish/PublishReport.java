package io.lossledger.producer.publish;

import java.util.Map;
import java.util.Optional;

/**
 * What has happened to a run's steps so far. Immutable.
 *
 * @param steps segments handed over for sending
 * @param records records acknowledged by Kafka
 * @param bytes bytes of those records' values
 * @param failedRecords records that were handed over but that Kafka did not accept; their steps will be missing
 * @param skipped steps that were trained but not handed over, by reason
 * @param firstFailure reason for the first failed record
 */
public record PublishReport(
        long steps,
        long records,
        long bytes,
        long failedRecords,
        Map<SkipReason, Long> skipped,
        Optional<String> firstFailure) {
    public PublishReport {
        skipped = Map.copyOf(skipped);
    }

    public long skipped(SkipReason reason) {
        return skipped.getOrDefault(reason, 0L);
    }

    /** Steps that were trained but not sent, whatever the reason. */
    public long skippedSteps() {
        return skipped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether any data that should have been sent did not reach Kafka. */
    public boolean lostAnything() {
        return failedRecords > 0 || skippedSteps() > skipped(SkipReason.BEHIND);
    }
}
