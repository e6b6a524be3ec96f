package io.lossledger.dashboards.live;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.lossledger.dashboards.live.frames.JsonText;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends and deletes runs when the page asks for it: one action at a time for each run, off the server's threads. A request is answered
 * after {@link #PATIENCE} at the latest; the action then goes on. Thread-safe.
 */
final class RunEdits implements AutoCloseable {
    /** More than an action takes that waits for a processor twice. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(RunEdits.class);
    private static final int THREADS = 4;
    private static final int OK = 200;

    private final RunActions actions;
    private final Duration patience;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor;

    /** The id of the run that a request names. */
    @FunctionalInterface
    interface Named {
        String run(Context context) throws RequestException;
    }

    /** One of the actions. */
    @FunctionalInterface
    private interface Action {
        String act(String run) throws RefusedActionException, InterruptedException;
    }

    private record Answer(int status, String json) {
        static Answer error(int status, String message) {
            return new Answer(status, JsonText.error(message));
        }
    }

    /** Nothing is offered on an address that other machines reach, because the server does not know who asks. */
    static Optional<RunEdits> offered(String host, Optional<RunActions> actions, Duration patience) {
        return actions.filter(offered -> LiveSettings.isLocal(host)).map(offered -> new RunEdits(offered, patience));
    }

    private RunEdits(RunActions actions, Duration patience) {
        this.actions = actions;
        this.patience = patience;
        executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "live-run-edit");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Adds the requests to a server. */
    void register(JavalinConfig config, Named named) {
        config.routes.post("/api/runs/{run}/end", context -> answer(context, named, actions::end));
        config.routes.delete("/api/runs/{run}", context -> answer(context, named, actions::delete));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private void answer(Context context, Named named, Action action) throws RequestException {
        OwnPage.require(context);
        String run = named.run(context);
        if (!busy.add(run)) {
            throw new RequestException(
                    RequestException.CONFLICT, "run " + run + " is already being ended or deleted; try again later");
        }
        CompletableFuture<Answer> work = CompletableFuture.supplyAsync(() -> act(run, action), executor)
                .completeOnTimeout(
                        Answer.error(
                                RequestException.UNAVAILABLE,
                                "run " + run + " is not ended or deleted after " + patience.toSeconds()
                                        + " s; the page shows when it is"),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
        context.future(() -> work.thenAccept(answer ->
                context.status(answer.status()).contentType(LiveServer.JSON).result(answer.json())));
    }

    private Answer act(String run, Action action) {
        try {
            String done = action.act(run);
            return new Answer(OK, JsonText.object(json -> json.put("done", done)));
        } catch (RefusedActionException e) {
            return Answer.error(RequestException.CONFLICT, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.error(RequestException.UNAVAILABLE, "the server was stopped meanwhile");
        } catch (RuntimeException e) {
            log.warn("Run {} could not be ended or deleted", run, e);
            return Answer.error(
                    RequestException.UNAVAILABLE, "run " + run + " could not be ended or deleted: " + e.getMessage());
        } finally {
            busy.remove(run);
        }
    }
}
