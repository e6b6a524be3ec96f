package io.lossledger.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port that is free, another one each time. It lies below those that the system gives to outgoing connections and to servers
 * that take any: otherwise, until its server has come or while it is away, one of its clients could get the port and connect
 * to itself, or another server could, whose answers Kafka's clients take for records of a gigabyte.
 */
final class StablePort {
    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;
    /** Anywhere, as other suites may run on this machine. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private StablePort() {}

    static int find() throws IOException {
        for (int tried = 0; tried < COUNT; tried++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // in use
            }
        }
        throw new IOException("No port from " + FIRST + " is free");
    }
}
