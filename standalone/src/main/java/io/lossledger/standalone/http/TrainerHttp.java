package io.lossledger.standalone.http;

import io.javalin.Javalin;
import io.lossledger.standalone.terminal.UserException;

/** The trainer's HTTP server: metrics and liveness. Thread-safe. */
public final class TrainerHttp implements AutoCloseable {
    private final Javalin server;
    private final ServedMetrics metrics;

    /**
     * Starts to serve.
     *
     * @param port 0 for any that is free
     * @param metrics what is served; closed with this
     * @throws UserException when the port is in use
     */
    public TrainerHttp(String host, int port, ServedMetrics metrics) {
        this.metrics = metrics;
        server = LedgerHttp.start(
                host,
                port,
                metrics,
                config -> config.routes.get("/health/live", context -> LedgerHttp.answerState(context, "alive")));
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
        metrics.close();
    }
}
