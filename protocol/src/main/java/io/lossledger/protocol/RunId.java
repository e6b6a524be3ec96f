package io.lossledger.protocol;

import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Utils;

/** The rule for run ids: they appear in record keys, metric labels and URLs. */
public final class RunId {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RunId() {}

    public static boolean isValid(String run) {
        return VALID.matcher(run).matches();
    }

    /**
     * Returns the run id unchanged.
     *
     * @throws IllegalArgumentException when the id breaks the rule
     */
    public static String require(String run) {
        if (!isValid(run)) {
            throw new IllegalArgumentException("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + run);
        }
        return run;
    }

    /**
     * The partition in which Kafka's producers put the records of a run, in a topic that is keyed by run.
     *
     * @param partitions number of partitions of the topic
     */
    public static int partitionOf(String run, int partitions) {
        return Utils.toPositive(Utils.murmur2(Utils.utf8(run))) % partitions;
    }
}
