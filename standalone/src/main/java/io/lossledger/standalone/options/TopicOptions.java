package io.lossledger.standalone.options;

import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.terminal.UserException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How topics are made when they are missing. */
@OptionGroup("New topics")
public final class TopicOptions {
    private static final long MAX_RETENTION_MIB = 1L << 40;
    private static final int MAX_RECORD_MIB = 1024;
    /** What a batch of one record adds, as in Kafka's own default. */
    private static final int BATCH_BYTES = 12;

    private static final long DEMO_RETENTION_MIB = 1_024;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "6",
            description = "Partitions of each topic that is created. Default: ${DEFAULT-VALUE}")
    int partitions = 6;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            defaultValue = "-1",
            description =
                    "Copies of each partition of a topic that is created. -1 takes the brokers' default. Default: ${DEFAULT-VALUE}")
    int replicationFactor = TopicSettings.BROKERS_DEFAULT;

    @Option(
            names = "--raw-retention-hours",
            paramLabel = "H",
            defaultValue = "168",
            description =
                    "Hours that the bulky topics (update, trajectory, unit, parameter, rejected) keep records. Default: ${DEFAULT-VALUE}")
    int rawRetentionHours = 168;

    @Option(
            names = "--raw-retention-mib",
            paramLabel = "MIB",
            description =
                    "MiB that each partition of the bulky topics keeps. -1 means no limit. Default: -1; in a demo "
                            + DEMO_RETENTION_MIB)
    @Nullable
    Long rawRetentionMib;

    @Option(
            names = "--segment-mib",
            paramLabel = "MIB",
            description = "MiB of each file of the bulky topics. Some managed Kafkas refuse less than 50."
                    + " Default: an eighth of --raw-retention-mib, at most 256")
    @Nullable
    Integer segmentMib;

    @Option(
            names = "--max-update-mib",
            paramLabel = "MIB",
            defaultValue = "1",
            description =
                    "Largest record of the topics update, trajectory and run, which trainers write. Default: ${DEFAULT-VALUE}")
    int maxUpdateMib = 1;

    @Option(
            names = "--max-result-mib",
            paramLabel = "MIB",
            defaultValue = "16",
            description =
                    "Largest record of the topics that the processor writes. Some managed Kafkas refuse more than 8."
                            + " Default: ${DEFAULT-VALUE}")
    int maxResultMib = TopicSettings.DEFAULT_RESULT_BYTES >> 20;

    public TopicSettings settings(String prefix) {
        return new TopicSettings(
                prefix,
                partitions,
                replicationFactor,
                Duration.ofHours(rawRetentionHours),
                rawRetentionBytes(),
                bytes("--max-update-mib", maxUpdateMib) + BATCH_BYTES,
                bytes("--max-result-mib", maxResultMib),
                segmentMib == null ? -1 : bytes("--segment-mib", segmentMib));
    }

    /** The same with a limit by default, so that a demo does not fill the disk. */
    public TopicSettings demoSettings(String prefix) {
        if (rawRetentionMib == null) {
            rawRetentionMib = DEMO_RETENTION_MIB;
        }
        return settings(prefix);
    }

    private static int bytes(String option, int mib) {
        if (mib < 1 || mib > MAX_RECORD_MIB) {
            throw new UserException(option + ": must be from 1 to " + MAX_RECORD_MIB + ". Found: " + mib);
        }
        return mib << 20;
    }

    private long rawRetentionBytes() {
        if (rawRetentionMib == null) {
            return -1;
        }
        if (rawRetentionMib > MAX_RETENTION_MIB) {
            throw new UserException(
                    "--raw-retention-mib: must be at most " + MAX_RETENTION_MIB + ". Found: " + rawRetentionMib);
        }
        return rawRetentionMib < 0 ? -1 : rawRetentionMib << 20;
    }
}
