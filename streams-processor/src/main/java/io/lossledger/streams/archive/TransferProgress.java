package io.lossledger.streams.archive;

/**
 * How far an export or import has come. Immutable.
 *
 * @param what is being done, such as {@code checking}
 * @param bytes bytes of keys and values
 * @param fraction what share of all there is, 0 to 1
 */
public record TransferProgress(String what, long bytes, double fraction) {}
