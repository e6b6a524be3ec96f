package io.lossledger.streams.raw;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.RunManifest;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds runs by their ids. */
public final class ChosenRuns {
    private static final int NAMED = 5;

    private ChosenRuns() {}

    /**
     * Reads the manifests of the runs.
     *
     * @param kafka settings of the consumer, with {@code bootstrap.servers}
     * @throws IllegalArgumentException when one of the runs, or the topic, does not exist
     * @throws org.apache.kafka.common.errors.TimeoutException when the cluster does not answer within half a minute
     */
    public static SortedMap<String, RunManifest> read(
            Map<String, Object> kafka, String topicPrefix, Collection<String> runs) {
        SortedMap<String, RunManifest> chosen = new TreeMap<>();
        // The key decides, whatever the manifest says.
        RunManifests.read(kafka, topicPrefix)
                .forEach((run, manifest) ->
                        chosen.put(run, manifest.toBuilder().setRun(run).build()));
        TreeSet<String> unknown = new TreeSet<>(runs);
        unknown.removeAll(chosen.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("run: must be one of those in " + LedgerTopic.RUN.named(topicPrefix)
                    + " (" + some(chosen.keySet()) + "). Found: " + unknown.first());
        }
        chosen.keySet().retainAll(runs);
        return chosen;
    }

    private static String some(Collection<String> runs) {
        int more = runs.size() - NAMED;
        return runs.isEmpty()
                ? "there are none"
                : runs.stream().limit(NAMED).collect(Collectors.joining(", "))
                        + (more > 0 ? " and " + more + " more" : "");
    }
}
