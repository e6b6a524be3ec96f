package io.lossledger.standalone.commands.runs;

import io.lossledger.dashboards.live.RefusedActionException;
import io.lossledger.dashboards.live.RunActions;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.RunLine;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Ends and deletes runs for the live page by the rules of {@code runs end} and {@code runs delete}, without force. Thread-safe. */
public final class PageActions implements RunActions {
    private final String topicPrefix;
    private final RequestOptions request = new RequestOptions();
    private final RunEnding ending;
    private final RunRemoval removal;

    /** @param kafka settings of the clients, with {@code bootstrap.servers} */
    public PageActions(Map<String, Object> kafka, String topicPrefix) {
        this.topicPrefix = topicPrefix;
        PrintWriter silent = new PrintWriter(Writer.nullWriter());
        ending = new RunEnding(kafka, topicPrefix, request, silent);
        removal = new RunRemoval(kafka, topicPrefix, request, silent);
    }

    /** What is done to a run. */
    @FunctionalInterface
    private interface Action {
        String act(RunManifest manifest) throws RefusedActionException, InterruptedException;
    }

    @Override
    public String end(String run) throws RefusedActionException, InterruptedException {
        return act(run, manifest -> {
            if (!isRunning(manifest)) {
                throw new RefusedActionException(
                        "run: must be running. Found: " + run + " is " + RunLine.status(manifest.getStatus()));
            }
            RunEnding.Ended ended = endSilent(manifest);
            @Nullable WindowRow closing = ended.closing();
            return "Run " + run + " has ended as "
                    + RunLine.status(ended.manifest().getStatus())
                    + (closing == null
                            ? ", but " + ending.unanswered(ended.manifest()) + "."
                            : ": " + closing.getSteps() + " steps are booked, " + closing.getMissingSteps()
                                    + " are missing.");
        });
    }

    @Override
    public String delete(String run) throws RefusedActionException, InterruptedException {
        return act(run, manifest -> {
            if (isRunning(manifest)) {
                endSilent(manifest);
            }
            RunRemoval.Removed removed = removal.remove(new TreeMap<>(Map.of(run, manifest)));
            return "Run " + run + " is deleted"
                    + (removed.answered() ? ", and a processor has removed it from its books." : unanswered());
        });
    }

    private String act(String run, Action action) throws RefusedActionException, InterruptedException {
        RunManifest manifest;
        try {
            manifest = ending.manifest(run);
        } catch (IllegalArgumentException e) { // deleted meanwhile
            throw new RefusedActionException(String.valueOf(e.getMessage()), e);
        }
        try {
            return action.act(manifest);
        } catch (UserException e) {
            throw new RefusedActionException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            throw KafkaFaults.ofUser(e)
                    .map(message -> new RefusedActionException(message, e))
                    .orElseThrow(() -> e);
        }
    }

    private RunEnding.Ended endSilent(RunManifest manifest) throws RefusedActionException, InterruptedException {
        String run = manifest.getRun();
        if (!ending.isSilent(run)) {
            throw new RefusedActionException("run: must have sent no record for a minute, because its trainer may still"
                    + " be running (lossledger runs end --force ends it anyway). Found: " + run + " has newer records");
        }
        return ending.end(manifest, false);
    }

    private static boolean isRunning(RunManifest manifest) {
        return manifest.getStatus() == RunStatus.RUN_STATUS_RUNNING;
    }

    private String unanswered() {
        return ", but " + request.unanswered(topicPrefix) + ".";
    }
}
