package io.lossledger.dashboards.live;

import io.lossledger.lca.Balance;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;

/**
 * How the live page is served. Immutable.
 *
 * @param host address to listen on
 * @param port 0 for any that is free
 * @param topicPrefix prefix of topic names
 * @param maxClients largest number of connected browsers
 * @param maxFeeds largest number of runs that are read at a time, and of layers that are open at a time
 * @param grace how long a run is still read after its last viewer has left
 * @param tolerance largest residual of balanced books, as a share of what moved
 * @param access under which names the page may be opened, and in whose frames
 * @param kafka settings of Kafka's clients, with {@code bootstrap.servers}
 */
public record LiveSettings(
        String host,
        int port,
        String topicPrefix,
        int maxClients,
        int maxFeeds,
        Duration grace,
        double tolerance,
        PageAccess access,
        Map<String, Object> kafka) {

    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8080;
    public static final int DEFAULT_MAX_CLIENTS = 256;
    public static final int DEFAULT_MAX_FEEDS = 16;
    public static final Duration DEFAULT_GRACE = Duration.ofMinutes(3);
    private static final int MOST_PORT = 65_535;

    /** @throws IllegalArgumentException when a value is out of range; the message names it */
    public LiveSettings {
        if (port < 0 || port > MOST_PORT) {
            throw new IllegalArgumentException("live.port: must be from 0 to " + MOST_PORT + ". Found: " + port);
        }
        if (maxClients < 1) {
            throw new IllegalArgumentException("live.max-clients: must be at least 1. Found: " + maxClients);
        }
        if (maxFeeds < 1) {
            throw new IllegalArgumentException("live.max-feeds: must be at least 1. Found: " + maxFeeds);
        }
        Balance.requireTolerance(tolerance);
        kafka = Map.copyOf(kafka);
    }

    /** The defaults at a host and port. */
    public static LiveSettings of(
            String host, int port, String topicPrefix, double tolerance, Map<String, Object> kafka) {
        return new LiveSettings(
                host,
                port,
                topicPrefix,
                DEFAULT_MAX_CLIENTS,
                DEFAULT_MAX_FEEDS,
                DEFAULT_GRACE,
                tolerance,
                PageAccess.DEFAULT,
                kafka);
    }

    /** The same with other access. */
    public LiveSettings withAccess(PageAccess other) {
        return new LiveSettings(host, port, topicPrefix, maxClients, maxFeeds, grace, tolerance, other, kafka);
    }

    /** Whether only this machine reaches an address. */
    static boolean isLocal(String host) {
        try {
            return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
