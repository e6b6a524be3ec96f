package io.lossledger.dashboards.live;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.ManifestText;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.dashboards.live.topics.KafkaState;
import io.lossledger.dashboards.live.topics.TopicTroubles;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.v1.RunManifest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * The server of the live page and its data, for any number of browsers up to the limit. It reads the result topics
 * without a consumer group and writes nothing. While Kafka is unreachable it keeps serving, and the page says so.
 * Errors are JSON, {@code {"error": ...}}: 400 for a malformed run id, 404 for anything that does not exist, 503 when
 * there are too many viewers or the list of runs is not read yet. Thread-safe.
 */
public final class LiveServer implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final LiveSettings settings;
    private final PageFiles files = new PageFiles();
    private final TopicTroubles troubles = new TopicTroubles();
    private final LiveFeeds feeds;
    private final KafkaState kafka;
    private final LiveClients clients;
    private final Javalin server;

    /**
     * Starts serving, whether or not Kafka is reachable.
     *
     * @throws RuntimeException caused by a {@link java.net.BindException} when the port is in use
     */
    public LiveServer(LiveSettings settings) {
        this.settings = settings;
        feeds = new LiveFeeds(settings, troubles);
        kafka = new KafkaState(settings.kafka(), troubles);
        clients = new LiveClients(settings.maxClients(), feeds::sweep);
        server = Javalin.create(this::configure);
        try {
            server.start(settings.host(), settings.port());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public int port() {
        return server.port();
    }

    /** The address of the page. */
    public String address() {
        String host = settings.host().equals(LiveSettings.DEFAULT_HOST) ? "localhost" : settings.host();
        return "http://" + host + ":" + port();
    }

    /** The topics that cannot be read now, and why. */
    public NavigableMap<String, String> troubles() {
        return troubles.all();
    }

    int watching() {
        return clients.size();
    }

    @Override
    public void close() {
        clients.close();
        server.stop();
        feeds.close();
        kafka.close();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.routes.before(LiveServer::secure);
        // A request's own path may have a slash at its end.
        files.paths().forEach(path -> config.routes.get(path, context -> files.serve(path, context)));
        config.routes.get("/api/runs", this::runs);
        config.routes.get("/api/runs/{run}", this::run);
        config.routes.get("/api/stream", context -> stream(context, List.of(), List.of()));
        config.routes.get("/api/runs/{run}/stream", this::streamRun);
        config.routes.exception(
                RequestException.class,
                (fault, context) -> error(context, fault.status(), String.valueOf(fault.getMessage())));
        config.routes.error(RequestException.NOT_FOUND, context -> {
            if (!JSON.equals(context.res().getContentType())) {
                error(context, RequestException.NOT_FOUND, "there is no " + context.path());
            }
        });
    }

    private static void secure(Context context) {
        context.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer");
    }

    private void runs(Context context) throws RequestException {
        requireRuns();
        context.contentType(JSON).result(feeds.catalogue().json());
    }

    private void run(Context context) throws RequestException {
        context.contentType(JSON).result(ManifestText.whole(manifest(context)));
    }

    private void streamRun(Context context) throws RequestException, IOException {
        RunManifest manifest = manifest(context);
        ObjectiveKey objective = objective(context, manifest);
        String layer = layer(context, manifest);
        List<Runnable> ended = new ArrayList<>();
        try {
            stream(context, feeds.watch(manifest.getRun(), objective, layer, ended), ended);
        } catch (RequestException | IOException e) {
            ended.forEach(Runnable::run);
            throw e;
        }
    }

    /** Serves until the client leaves, without a thread. */
    private void stream(Context context, List<FrameSource> sources, List<Runnable> ended)
            throws RequestException, IOException {
        ServletOutputStream out = context.res().getOutputStream(); // Javalin's own stream may compress and buffer
        if (!clients.reserve()) {
            throw new RequestException(
                    RequestException.UNAVAILABLE,
                    "live.max-clients: at most " + settings.maxClients() + " may watch at a time; try again later");
        }
        List<FrameSource> all = new ArrayList<>(List.of(kafka, feeds.catalogue()));
        all.addAll(sources);
        context.contentType("text/event-stream; charset=utf-8").header("Cache-Control", "no-cache, no-transform");
        AsyncContext async = context.req().startAsync();
        async.setTimeout(0);
        LiveClient client = new LiveClient(out, all, System.nanoTime(), left -> {
            clients.leave(left);
            ended.forEach(Runnable::run);
        });
        context.future(client::done);
        clients.add(client);
        out.setWriteListener(client);
    }

    private void requireRuns() throws RequestException {
        if (!feeds.catalogue().isComplete()) {
            throw new RequestException(
                    RequestException.UNAVAILABLE,
                    kafka.trouble().orElse("the list of runs is being read") + "; the runs are not known yet");
        }
    }

    private RunManifest manifest(Context context) throws RequestException {
        String run = context.pathParam("run");
        if (!RunId.isValid(run)) {
            throw new RequestException(
                    RequestException.BAD_REQUEST,
                    "run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + run);
        }
        requireRuns();
        return feeds.catalogue()
                .run(run)
                .orElseThrow(() -> new RequestException(RequestException.NOT_FOUND, "there is no run " + run));
    }

    /** The default objective, unless the request names another. */
    private static ObjectiveKey objective(Context context, RunManifest manifest) throws RequestException {
        String name = context.queryParam("objective");
        String stratum = context.queryParam("stratum");
        if (name == null) {
            return ObjectiveKey.byDefault(manifest);
        }
        ObjectiveKey wanted = new ObjectiveKey(name, stratum == null ? "" : stratum);
        boolean known = manifest.getObjectivesList().stream()
                .anyMatch(objective -> ObjectiveKey.of(objective).equals(wanted));
        if (!known) {
            throw new RequestException(
                    RequestException.NOT_FOUND, "run " + manifest.getRun() + " has no objective " + name);
        }
        return wanted;
    }

    private static String layer(Context context, RunManifest manifest) throws RequestException {
        String layer = context.queryParam("layer");
        if (layer == null) {
            return "";
        }
        if (manifest.getLayersList().stream()
                .noneMatch(known -> known.getLayer().equals(layer))) {
            throw new RequestException(
                    RequestException.NOT_FOUND, "run " + manifest.getRun() + " has no layer " + layer);
        }
        return layer;
    }

    private static void error(Context context, int status, String message) {
        context.status(status).contentType(JSON).result(JsonText.error(message));
    }
}
