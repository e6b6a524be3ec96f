package io.lossledger.standalone.http;

import com.google.gson.JsonObject;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.lossledger.standalone.options.ListenAddress;
import io.lossledger.standalone.terminal.UserException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the HTTP servers of all processes have in common: metrics, and errors as {@code {"error": ...}}. Stateless. */
final class LedgerHttp {
    static final String JSON = "application/json";
    private static final int NOT_FOUND = 404;

    private LedgerHttp() {}

    /**
     * Starts to serve {@code /metrics} and some routes more.
     *
     * @param port 0 for any that is free
     * @param metrics closed when serving fails
     * @throws UserException when the port is in use, or the host is not this machine's
     */
    static Javalin start(String host, int port, ServedMetrics metrics, Consumer<JavalinConfig> routes) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.routes.get(
                    "/metrics",
                    context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                            .result(metrics.scrape()));
            config.routes.error(NOT_FOUND, context -> {
                if (context.result() == null || !JSON.equals(context.res().getContentType())) {
                    error(context, NOT_FOUND, "there is no " + context.path());
                }
            });
            routes.accept(config);
        });
        try {
            ListenAddress.requireHost("--http-host", host);
            return server.start(host, port);
        } catch (RuntimeException e) {
            metrics.close();
            throw ListenAddress.refused("--http-port", host, port, e);
        }
    }

    static void answer(Context context, JsonObject answer) {
        context.contentType(JSON).result(answer.toString());
    }

    static void answerState(Context context, String state) {
        JsonObject answer = new JsonObject();
        answer.addProperty("state", state);
        answer(context, answer);
    }

    static void error(Context context, int status, @Nullable String message) {
        JsonObject answer = new JsonObject();
        answer.addProperty("error", message);
        context.status(status).contentType(JSON).result(answer.toString());
    }
}
