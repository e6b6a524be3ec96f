package io.lossledger.standalone.commands;

import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.standalone.commands.runs.PageActions;
import io.lossledger.standalone.options.ListenAddress;
import io.lossledger.standalone.terminal.UserException;
import java.util.Map;
import java.util.Optional;

/** Starts the live page for a command. */
final class LivePage {
    private LivePage() {}

    /**
     * Starts to serve, whether Kafka is there or not.
     *
     * @param option that the port came by
     * @throws UserException when the port is none or in use, or the host is not this machine's, naming the option
     */
    static LiveServer serve(
            String option, String host, int port, String topicPrefix, double tolerance, Map<String, Object> kafka) {
        ListenAddress.requirePort(option, port);
        ListenAddress.requireHost("--host", host);
        try {
            return new LiveServer(
                    LiveSettings.of(host, port, topicPrefix, tolerance, kafka),
                    Optional.of(new PageActions(kafka, topicPrefix)));
        } catch (RuntimeException e) {
            throw ListenAddress.refused(option, host, port, e);
        }
    }
}
