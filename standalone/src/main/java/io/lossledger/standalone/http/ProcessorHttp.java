package io.lossledger.standalone.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.lossledger.standalone.http.Instances.Answer;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.LedgerProcessor;
import io.lossledger.streams.queries.NotReadyException;
import io.lossledger.streams.queries.RunQueries;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The processor's HTTP server: health, metrics, and the books of runs. One instance has the books of a run; any instance can be
 * asked, and forwards the request. Answers are JSON. Errors are {@code {"error": ...}} with status 400 for a request that is too
 * large, 404 for what does not exist and 503 for what is not available now. Thread-safe.
 */
public final class ProcessorHttp implements AutoCloseable {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final Javalin server;
    private final ServedMetrics metrics;
    private final Instances instances = new Instances();
    private volatile @Nullable LedgerProcessor ledger;
    private volatile Supplier<Optional<String>> trouble = Optional::empty;

    /**
     * Starts to serve.
     *
     * @param port 0 for any that is free
     * @param metrics what is served; closed with this
     * @throws UserException when the port is in use
     */
    public ProcessorHttp(String host, int port, ServedMetrics metrics) {
        this.metrics = metrics;
        server = LedgerHttp.start(host, port, metrics, this::configure);
    }

    public int port() {
        return server.port();
    }

    /**
     * Sets the processor to report on; until then, this instance is alive but not ready.
     *
     * @param cutOff why a processor that runs is not ready, if so
     */
    public void tellOf(LedgerProcessor processor, Supplier<Optional<String>> cutOff) {
        metrics.add(processor);
        trouble = cutOff;
        ledger = processor;
    }

    @Override
    public void close() {
        server.stop();
        metrics.close();
    }

    private void configure(JavalinConfig config) {
        config.routes.get("/health/live", this::live);
        config.routes.get("/health/ready", this::ready);
        config.routes.get("/runs", this::runs);
        config.routes.get("/runs/{run}", context -> ofRun(context, RunQueries::run));
        config.routes.get("/runs/{run}/layers", context -> ofRun(context, RunQueries::layers));
        config.routes.get(
                "/runs/{run}/units/{layer}",
                context -> ofRun(
                        context,
                        (queries, run) ->
                                queries.units(run, context.pathParam("layer"), context.queryParam("objective"))));
        config.routes.exception(
                NotReadyException.class,
                (fault, context) -> LedgerHttp.error(context, UNAVAILABLE, fault.getMessage()));
        config.routes.exception(
                IllegalArgumentException.class,
                (fault, context) -> LedgerHttp.error(context, BAD_REQUEST, fault.getMessage()));
        config.routes.exception(
                NoSuchException.class, (fault, context) -> LedgerHttp.error(context, NOT_FOUND, fault.getMessage()));
    }

    private void live(Context context) {
        LedgerProcessor processor = ledger;
        if (processor != null && processor.failure().isPresent()) {
            LedgerHttp.error(
                    context,
                    UNAVAILABLE,
                    "the processor stopped: " + processor.failure().get());
            return;
        }
        LedgerHttp.answerState(context, "alive");
    }

    private void ready(Context context) {
        LedgerProcessor processor = ledger;
        if (processor == null) {
            LedgerHttp.error(context, UNAVAILABLE, "the processor is not ready: it is waiting for Kafka");
        } else if (!processor.isRunning()) {
            String why = processor.sharing().map(reason -> " (" + reason + ")").orElse("");
            LedgerHttp.error(context, UNAVAILABLE, "the processor is not ready: " + processor.state() + why);
        } else {
            trouble.get()
                    .ifPresentOrElse(
                            reason -> LedgerHttp.error(
                                    context,
                                    UNAVAILABLE,
                                    "the processor is not ready: it is waiting for Kafka (" + reason + ")"),
                            () -> LedgerHttp.answerState(context, processor.state()));
        }
    }

    /** All runs of all instances; an incomplete list would look like a complete one. */
    private void runs(Context context) throws NotReadyException, InterruptedException {
        RunQueries queries = queries();
        RunQueries.Share own = queries.runs();
        JsonObject answer = new JsonObject();
        if (context.header(Instances.HOP_HEADER) != null) {
            answer.add("runs", own.runs());
            JsonArray partitions = new JsonArray();
            own.partitions().forEach(partitions::add);
            answer.add("partitions", partitions);
            LedgerHttp.answer(context, answer);
            return;
        }
        TreeMap<String, JsonElement> runs = new TreeMap<>();
        Set<Integer> partitions = new HashSet<>(own.partitions());
        add(runs, own.runs());
        for (String other : queries.others()) {
            Answer part = instances.get(other, "/runs");
            if (part.status() != OK) {
                throw new NotReadyException("the processor at " + other + " is not ready: " + part.body());
            }
            JsonObject theirs = JsonParser.parseString(part.body()).getAsJsonObject();
            add(runs, theirs.getAsJsonArray("runs"));
            theirs.getAsJsonArray("partitions").forEach(partition -> partitions.add(partition.getAsInt()));
        }
        if (partitions.size() < queries.partitions()) {
            throw new NotReadyException("the processor is not ready: some partitions are moving to another processor");
        }
        JsonArray all = new JsonArray();
        runs.values().forEach(all::add);
        answer.add("runs", all);
        LedgerHttp.answer(context, answer);
    }

    private static void add(Map<String, JsonElement> runs, JsonArray part) {
        for (JsonElement run : part) {
            runs.put(run.getAsJsonObject().get("run").getAsString(), run);
        }
    }

    /** What an instance that has a run's books can report about it; empty if it does not exist. */
    @FunctionalInterface
    interface RunQuery {
        Optional<JsonObject> ask(RunQueries queries, String run) throws NotReadyException;
    }

    /** Answers from the books of the run in the path, wherever they are. */
    private void ofRun(Context context, RunQuery query)
            throws NotReadyException, NoSuchException, InterruptedException {
        RunQueries queries = queries();
        String run = context.pathParam("run");
        Optional<String> elsewhere = queries.elsewhere(run);
        if (elsewhere.isEmpty()) {
            LedgerHttp.answer(
                    context,
                    query.ask(queries, run)
                            .orElseThrow(() -> new NoSuchException("the books do not contain " + context.path())));
        } else if (context.header(Instances.HOP_HEADER) != null) {
            throw new NotReadyException("the books of run " + run + " have moved to " + elsewhere.get());
        } else {
            Answer passedOn = instances.get(
                    elsewhere.get(),
                    context.req().getRequestURI() + (context.queryString() == null ? "" : "?" + context.queryString()));
            context.status(passedOn.status()).contentType(LedgerHttp.JSON).result(passedOn.body());
        }
    }

    private RunQueries queries() throws NotReadyException {
        LedgerProcessor processor = ledger;
        if (processor == null) {
            throw new NotReadyException("the processor is not ready: it is waiting for Kafka");
        }
        return processor.queries();
    }

    /** The requested resource does not exist. */
    private static final class NoSuchException extends Exception {
        private static final long serialVersionUID = 1L;

        NoSuchException(String message) {
            super(message);
        }
    }
}
