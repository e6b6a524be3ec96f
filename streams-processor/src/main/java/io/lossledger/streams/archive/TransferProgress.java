package io.lossledger.streams.archive;

/**
 * The progress of an export or import. Immutable.
 *
 * @param what the current phase, such as {@code checking}
 * @param bytes bytes of keys and values
 * @param fraction share of the total, 0 to 1
 */
public record TransferProgress(String what, long bytes, double fraction) {}
