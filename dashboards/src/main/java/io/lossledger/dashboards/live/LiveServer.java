package io.lossledger.dashboards.live;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.dashboards.live.history.ObjectiveKey;
import io.lossledger.dashboards.live.topics.KafkaState;
import io.lossledger.dashboards.live.topics.TopicTroubles;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server of the live page and its data, for any number of browsers up to the limit. It reads the result topics
 * without a consumer group and writes nothing itself. If only this machine can reach it, the page can end and delete runs by
 * {@link RunActions}. While Kafka is unreachable it keeps serving, and the page says so.
 * Errors are JSON, {@code {"error": ...}}: 400 for a malformed run id, 403 for an action that the page did not ask for, 404 for
 * anything that does not exist, 409 for an action that a rule does not allow, 503 when there are too many viewers or the
 * list of runs is not read yet. Thread-safe.
 */
public final class LiveServer implements AutoCloseable {
    static final String JSON = "application/json";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ";

    private static final int MOST_BESIDE = 3;
    private static final int MOST_NAMED = 8;

    private final LiveSettings settings;
    private final PageFiles files = new PageFiles();
    private final TopicTroubles troubles = new TopicTroubles();
    private final LiveFeeds feeds;
    private final KafkaState kafka;
    private final LiveClients clients;
    private final Optional<RunEdits> edits;
    private final Javalin server;

    /** Starts to serve a page that changes nothing. */
    public LiveServer(LiveSettings settings) {
        this(settings, Optional.empty());
    }

    /**
     * Starts serving, whether or not Kafka is reachable.
     *
     * @param actions what the page offers for runs, if it listens on loopback
     * @throws RuntimeException caused by a {@link java.net.BindException} when the port is in use
     */
    public LiveServer(LiveSettings settings, Optional<RunActions> actions) {
        this.settings = settings;
        edits = RunEdits.offered(settings.host(), actions, RunEdits.PATIENCE);
        feeds = new LiveFeeds(settings, troubles, edits.isPresent());
        kafka = new KafkaState(
                settings.kafka(),
                List.of(LedgerTopic.RUN.named(settings.topicPrefix()), LedgerTopic.STEP.named(settings.topicPrefix())),
                troubles);
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

    /** Why Kafka does not answer; empty: it does. */
    public Optional<String> silence() {
        return kafka.silence();
    }

    int watching() {
        return clients.size();
    }

    @Override
    public void close() {
        edits.ifPresent(RunEdits::close);
        clients.close();
        server.stop();
        feeds.close();
        kafka.close();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.routes.before(this::secure);
        // A request's own path may have a slash at its end.
        files.paths().forEach(path -> config.routes.get(path, context -> files.serve(path, context)));
        config.routes.get("/health/ready", this::ready);
        config.routes.get("/api/runs", this::runs);
        config.routes.get("/api/runs/{run}", this::run);
        config.routes.get("/api/runs/{run}/layers", this::layers);
        config.routes.get("/api/stream", context -> stream(context, List.of(), List.of()));
        config.routes.get("/api/runs/{run}/stream", this::streamRun);
        edits.ifPresent(
                offered -> offered.register(config, context -> manifest(context).getRun()));
        answerErrors(config);
    }

    static void answerErrors(JavalinConfig config) {
        config.routes.exception(
                RequestException.class,
                (fault, context) -> error(context, fault.status(), String.valueOf(fault.getMessage())));
        config.routes.error(RequestException.NOT_FOUND, context -> {
            if (!JSON.equals(context.res().getContentType())) {
                error(context, RequestException.NOT_FOUND, "there is no " + context.path());
            }
        });
    }

    private void secure(Context context) throws RequestException {
        context.header("Content-Security-Policy", POLICY + settings.access().ancestors())
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer");
        if (LiveSettings.isLocal(settings.host()) || !settings.access().hosts().isEmpty()) {
            settings.access().require(context);
        }
    }

    private void runs(Context context) throws RequestException {
        requireRuns();
        context.contentType(JSON).result(feeds.catalogue().json());
    }

    private void run(Context context) throws RequestException {
        String run = manifest(context).getRun();
        context.contentType(JSON).result(feeds.catalogue().text(run).orElseThrow());
    }

    private void layers(Context context) throws RequestException {
        RunManifest manifest = manifest(context);
        long from = step(context, "from", 0);
        long to = step(context, "to", Long.MAX_VALUE);
        context.contentType(JSON).result(feeds.layers(manifest.getRun(), objective(context, manifest), from, to));
    }

    private static long step(Context context, String name, long absent) throws RequestException {
        String value = context.queryParam(name);
        try {
            return value == null ? absent : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new RequestException(
                    RequestException.BAD_REQUEST, name + ": must be the number of a step. Found: " + value, e);
        }
    }

    private void streamRun(Context context) throws RequestException, IOException {
        RunManifest manifest = manifest(context);
        ObjectiveKey objective = objective(context, manifest);
        String layer = layer(context, manifest);
        Map<String, ObjectiveKey> beside = beside(context, objective);
        List<Runnable> ended = new ArrayList<>();
        try {
            stream(context, feeds.watch(manifest.getRun(), objective, layer, beside, ended), ended);
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
        context.contentType("text/event-stream; charset=utf-8")
                .header("Cache-Control", "no-cache, no-transform")
                .header("X-Accel-Buffering", "no"); // nginx would hold events back
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
        return manifest(context.pathParam("run"));
    }

    private RunManifest manifest(String run) throws RequestException {
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
                    RequestException.NOT_FOUND,
                    "run " + manifest.getRun() + " has no objective " + name + "; it has "
                            + names(manifest.getObjectivesList().stream().map(ObjectiveManifest::getName)));
        }
        return wanted;
    }

    /** The other runs that the request names, each with the same objective or, if it has none of that name, its default. */
    private Map<String, ObjectiveKey> beside(Context context, ObjectiveKey objective) throws RequestException {
        String names = context.queryParam("with");
        Map<String, ObjectiveKey> beside = new LinkedHashMap<>();
        for (String run : names == null || names.isEmpty() ? new String[0] : names.split(",", -1)) {
            RunManifest manifest = manifest(run);
            boolean has = manifest.getObjectivesList().stream()
                    .anyMatch(own -> ObjectiveKey.of(own).equals(objective));
            beside.put(run, has ? objective : ObjectiveKey.byDefault(manifest));
        }
        if (beside.size() > MOST_BESIDE) {
            throw new RequestException(
                    RequestException.BAD_REQUEST,
                    "with: must name at most " + MOST_BESIDE + " runs. Found: " + beside.size());
        }
        return beside;
    }

    private void ready(Context context) {
        Optional<String> silence = kafka.silence();
        if (silence.isPresent()) {
            error(context, RequestException.UNAVAILABLE, "the page is not ready: Kafka " + silence.get());
        } else {
            context.contentType(JSON).result(JsonText.object(json -> json.put("state", "READY")));
        }
    }

    private static String layer(Context context, RunManifest manifest) throws RequestException {
        String layer = context.queryParam("layer");
        if (layer == null) {
            return "";
        }
        if (manifest.getLayersList().stream()
                .noneMatch(known -> known.getLayer().equals(layer))) {
            throw new RequestException(
                    RequestException.NOT_FOUND,
                    "run " + manifest.getRun() + " has no layer " + layer + "; it has "
                            + names(manifest.getLayersList().stream().map(LayerManifest::getLayer)));
        }
        return layer;
    }

    private static String names(Stream<String> all) {
        List<String> names = all.distinct().toList();
        String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMED ? first : first + " and " + (names.size() - MOST_NAMED) + " more";
    }

    private static void error(Context context, int status, String message) {
        context.status(status).contentType(JSON).result(JsonText.error(message));
    }
}
