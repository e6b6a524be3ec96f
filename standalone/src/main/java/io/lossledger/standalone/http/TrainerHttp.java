package io.lossledger.standalone.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.standalone.terminal.UserException;
import io.micrometer.core.instrument.Gauge;

/** The trainer's HTTP server: metrics, liveness, and whether Kafka accepts what is sent. Thread-safe. */
public final class TrainerHttp implements AutoCloseable {
    private static final int UNAVAILABLE = 503;
    private static final double PATIENCE_SECONDS = 10;

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
        server = LedgerHttp.start(host, port, metrics, config -> {
            config.routes.get("/health/live", context -> LedgerHttp.answerState(context, "alive"));
            config.routes.get("/health/ready", this::ready);
        });
    }

    private void ready(Context context) {
        double seconds = metrics.registry().find(LedgerMetric.PRODUCER_STALLED.meterName()).gauges().stream()
                .mapToDouble(Gauge::value)
                .max()
                .orElse(0);
        if (seconds < PATIENCE_SECONDS) {
            LedgerHttp.answerState(context, "ready");
        } else {
            LedgerHttp.error(
                    context,
                    UNAVAILABLE,
                    "the trainer is not ready: Kafka has accepted nothing for " + (long) seconds
                            + " s, and records wait");
        }
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
