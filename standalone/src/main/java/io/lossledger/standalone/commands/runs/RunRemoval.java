package io.lossledger.standalone.commands.runs;

import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.standalone.options.RequestOptions;
import io.lossledger.standalone.terminal.UserException;
import io.lossledger.streams.raw.ProcessorRequests;
import io.lossledger.streams.raw.RunDeletion;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;

/**
 * Deletes runs: asks a processor to remove them from its books, and deletes what Kafka can. Thread-safe.
 *
 * @param kafka settings of the clients, with {@code bootstrap.servers}
 * @param request how long to wait for a processor
 * @param err where the waiting is shown
 */
record RunRemoval(Map<String, Object> kafka, String topicPrefix, RequestOptions request, PrintWriter err) {
    /**
     * What was deleted.
     *
     * @param offsets for each topic that exists how many offsets were deleted
     * @param answered whether a processor has removed all the runs from its books
     */
    record Removed(SortedMap<String, Long> offsets, boolean answered) {}

    /**
     * Deletes runs. Can be repeated after a failure.
     *
     * @param chosen manifests by run id
     * @throws UserException when Kafka refuses
     */
    Removed remove(SortedMap<String, RunManifest> chosen) throws InterruptedException {
        Set<String> answered;
        try (ProcessorRequests requests = ProcessorRequests.open(kafka, topicPrefix)) {
            answered = request.ask(requests, chosen, RunAction.RUN_ACTION_DELETE, err)
                    .keySet();
        }
        boolean all = answered.containsAll(chosen.keySet());
        try {
            return new Removed(RunDeletion.delete(kafka, topicPrefix, chosen.keySet(), all), all);
        } catch (ExecutionException e) {
            throw new UserException("Kafka did not delete the records: " + e.getCause(), e);
        }
    }
}
