package io.lossledger.producer.worker;

import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.TopicSettings;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker measures, and with whom it shares the work. Immutable.
 *
 * @param topicPrefix prefix of the topics
 * @param kafka settings of the Kafka clients, with {@code bootstrap.servers}; they override the defaults here
 * @param run the recorded run to measure; empty: every recorded run that this worker can measure
 * @param as id of the run that is booked; empty: the recorded run itself
 * @param form what the updates contain
 * @param aheadBytes about how many bytes of updates may wait in the processor for a block that another worker measures
 * @param build what tells this build of the worker from others
 */
public record WorkerSettings(
        String topicPrefix,
        Map<String, Object> kafka,
        Optional<String> run,
        Optional<String> as,
        UpdateForm form,
        long aheadBytes,
        String build) {
    public static final long DEFAULT_AHEAD_BYTES = 256L << 20;

    private static final String GROUP = "lossledger-measure";

    /** @throws IllegalArgumentException when a run id is wrong, or {@code as} comes without a run */
    public WorkerSettings {
        run.ifPresent(RunId::require);
        as.ifPresent(RunId::require);
        if (as.isPresent() && (run.isEmpty() || as.equals(run))) {
            throw new IllegalArgumentException("as: must be another run than the recorded one. Found: " + as.get());
        }
        if (aheadBytes < 1) {
            throw new IllegalArgumentException("ahead: must be at least 1 byte. Found: " + aheadBytes);
        }
        kafka = Map.copyOf(kafka);
    }

    /** Measures one recorded run as it declares, without access control. */
    public static WorkerSettings of(String bootstrapServers, String run) {
        return new WorkerSettings(
                TopicSettings.DEFAULT_PREFIX,
                Map.of("bootstrap.servers", bootstrapServers),
                Optional.of(run),
                Optional.empty(),
                UpdateForm.SUMS,
                DEFAULT_AHEAD_BYTES,
                "");
    }

    /** The same, booked as another run. */
    public WorkerSettings as(String other) {
        return new WorkerSettings(topicPrefix, kafka, run, Optional.of(other), form, aheadBytes, build);
    }

    /**
     * The consumer group: workers that measure the same share one. It follows from the topics and the runs alone, so that workers
     * on different machines agree.
     */
    public String group() {
        String topics = topicPrefix.equals(TopicSettings.DEFAULT_PREFIX) ? "" : "-" + topicPrefix;
        return GROUP
                + topics
                + run.map(id -> "-" + id).orElse("")
                + as.map(id -> "|" + id).orElse("");
    }
}
