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
            defaultValue = "1",
            description = "Copies of each partition of a topic that is created. Default: ${DEFAULT-VALUE}")
    int replicationFactor = 1;

    @Option(
            names = "--raw-retention-hours",
            paramLabel = "H",
            defaultValue = "168",
            description =
                    "Hours that the bulky topics (update, unit, parameter, rejected) keep records. Default: ${DEFAULT-VALUE}")
    int rawRetentionHours = 168;

    @Option(
            names = "--raw-retention-mib",
            paramLabel = "MIB",
            description =
                    "MiB that each partition of the bulky topics keeps. -1 means no limit. Default: -1; in a demo "
                            + DEMO_RETENTION_MIB)
    @Nullable
    Long rawRetentionMib;

    /** The same with a limit by default, so that a demo does not fill the disk. */
    public TopicSettings demoSettings(String prefix) {
        if (rawRetentionMib == null) {
            rawRetentionMib = DEMO_RETENTION_MIB;
        }
        return settings(prefix);
    }

    public TopicSettings settings(String prefix) {
        return new TopicSettings(
                prefix,
                partitions,
                replicationFactor,
                Duration.ofHours(rawRetentionHours),
                rawRetentionBytes(),
                TopicSettings.DEFAULT.maxMessageBytes());
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
