package io.lossledger.protocol;

/**
 * How much a connection to Kafka may have on its way. By default, clients and brokers limit it to 32 to 128 KiB, less than one
 * vector: then sender and receiver take turns to work.
 */
public final class SocketBuffers {
    /** The operating system chooses, and lets the buffer grow. */
    public static final int OF_THE_SYSTEM = -1;

    private SocketBuffers() {}
}
