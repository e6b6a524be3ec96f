package io.lossledger.streams.archive;

/**
 * The contents of an archive. Immutable.
 *
 * @param run id of the run
 * @param records records, of all topics
 * @param bytes bytes of their keys and values
 */
public record ArchiveFacts(String run, long records, long bytes) {}
