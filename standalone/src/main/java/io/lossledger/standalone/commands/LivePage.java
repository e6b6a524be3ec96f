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
        return serve(option, LiveSettings.of(host, port, topicPrefix, tolerance, kafka));
    }

    /** The same with all settings. */
    static LiveServer serve(String option, LiveSettings settings) {
        ListenAddress.requirePort(option, settings.port());
        ListenAddress.requireHost("--host", settings.host());
        try {
            return new LiveServer(settings, Optional.of(new PageActions(settings.kafka(), settings.topicPrefix())));
        } catch (RuntimeException e) {
            throw ListenAddress.refused(option, settings.host(), settings.port(), e);
        }
    }
}
