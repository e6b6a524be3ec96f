package io.lossledger.producer;

import java.util.Optional;

/**
 * What became of a run's records so far. Immutable.
 *
 * @param steps steps handed over for sending
 * @param records records acknowledged by Kafka
 * @param bytes bytes of those records' values
 * @param failedRecords records that Kafka did not take: their steps will be missing
 * @param firstFailure why the first of them failed
 */
public record PublishReport(long steps, long records, long bytes, long failedRecords, Optional<String> firstFailure) {}
