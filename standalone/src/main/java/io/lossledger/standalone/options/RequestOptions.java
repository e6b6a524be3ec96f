package io.lossledger.standalone.options;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ProcessorRequests;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Option;

/** How long a command waits for processors to do what it asks. */
public final class RequestOptions {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Seconds to wait for a processor's answer. Default: ${DEFAULT-VALUE}")
    int waitSeconds = 30;

    /**
     * Sends a request for each run and waits for the answers.
     *
     * @param runs manifests by run id
     * @param requests opened before what the request depends on was read
     * @return one row of each answer, by run id; fewer than there are runs when processors do not answer
     * @throws UserException when Kafka refuses
     */
    public Map<String, WindowRow> ask(
            ProcessorRequests requests, Map<String, RunManifest> runs, RunAction action, PrintWriter err)
            throws InterruptedException {
        if (waitSeconds < 0) {
            throw new UserException("--wait: must be 0 or more seconds. Found: " + waitSeconds);
        }
        try {
            requests.send(runs.values(), action);
        } catch (ExecutionException e) {
            throw new UserException("Kafka did not accept the request: " + e.getCause(), e);
        }
        ProgressLine line = new ProgressLine(err);
        try {
            return requests.await(
                    runs.keySet(),
                    action,
                    Duration.ofSeconds(waitSeconds),
                    () -> line.show("waiting for a processor to answer"));
        } finally {
            line.clear();
        }
    }

    /** The message when no processor has answered. */
    public String unanswered(String topicPrefix) {
        return "no processor answered within " + waitSeconds + " s; the next one that reads "
                + LedgerTopic.UPDATE.named(topicPrefix) + " carries out the request";
    }
}
