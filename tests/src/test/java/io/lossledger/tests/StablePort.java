package io.lossledger.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * A port for a broker that goes away and comes back. It lies below those that the system gives to outgoing connections: while
 * the broker is away, one of its clients could get the broker's port and connect to itself.
 */
final class StablePort {
    private StablePort() {}

    static int find() throws IOException {
        for (int port = 21_000; port < 22_000; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // in use
            }
        }
        throw new IOException("No port from 21000 to 21999 is free");
    }
}
