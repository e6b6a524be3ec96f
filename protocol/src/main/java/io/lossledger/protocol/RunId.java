package io.lossledger.protocol;

import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Utils;

/** The rule for run ids: they stand in record keys, metric labels and addresses. */
public final class RunId {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RunId() {}

    public static boolean isValid(String run) {
        return VALID.matcher(run).matches();
    }

    /**
     * Returns the run id unchanged.
     *
     * @throws IllegalArgumentException when it breaks the rule
     */
    public static String require(String run) {
        if (!isValid(run)) {
            throw new IllegalArgumentException("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + run);
        }
        return run;
    }

    /**
     * Where Kafka's producers put the records of a run in a topic that is keyed by run.
     *
     * @param partitions how many the topic has
     */
    public static int partitionOf(String run, int partitions) {
        return Utils.toPositive(Utils.murmur2(Utils.utf8(run))) % partitions;
    }
}
