package io.lossledger.standalone;

import io.lossledger.dashboards.LiveServer;
import io.lossledger.dashboards.LiveSettings;
import java.net.BindException;
import java.util.Map;

/** Starts the live page for a command. */
final class LivePage {
    private static final int MOST_PORT = 65_535;

    private LivePage() {}

    /**
     * Starts to serve, whether Kafka is there or not.
     *
     * @param option that the port came by
     * @throws UserException when the port is none, or in use, naming the option
     */
    static LiveServer serve(String option, String host, int port, String topicPrefix, Map<String, Object> kafka) {
        requirePort(option, port);
        try {
            return new LiveServer(LiveSettings.of(host, port, topicPrefix, kafka));
        } catch (RuntimeException e) {
            throw refused(option, host, port, e);
        }
    }

    /** @throws UserException when the port is none, naming the option */
    static void requirePort(String option, int port) {
        if (port < 0 || port > MOST_PORT) {
            throw new UserException(option + ": must be from 0 to " + MOST_PORT + ". Found: " + port);
        }
    }

    private static RuntimeException refused(String option, String host, int port, RuntimeException fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new UserException(
                        option + ": must be free. Found: " + host + ":" + port + " (" + cause.getMessage()
                                + "; 0 takes any that is free)",
                        fault);
            }
        }
        return fault;
    }
}
