package io.lossledger.standalone.terminal;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats a manifest for people. Stateless. */
public final class RunLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String PREFIX = "RUN_STATUS_";
    private static final double MILLIS = 1e3;

    private RunLine() {}

    public static String status(RunStatus status) {
        return status == RunStatus.RUN_STATUS_UNSPECIFIED || status == RunStatus.UNRECOGNIZED
                ? "unknown"
                : status.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    }

    public static String started(RunManifest manifest) {
        return manifest.hasStarted() && Timestamps.isValid(manifest.getStarted())
                ? TIME.format(Instant.ofEpochMilli(Timestamps.toMillis(manifest.getStarted())))
                : "-";
    }

    public static String duration(RunManifest manifest) {
        boolean known = manifest.hasStarted()
                && manifest.hasEnded()
                && Timestamps.isValid(manifest.getStarted())
                && Timestamps.isValid(manifest.getEnded());
        return known
                ? ProgressLine.time(
                        (Timestamps.toMillis(manifest.getEnded()) - Timestamps.toMillis(manifest.getStarted()))
                                / MILLIS)
                : "-";
    }

    /** First and last step; {@code -} while the run is in progress. */
    public static String steps(RunManifest manifest) {
        return manifest.hasLastStep() ? manifest.getFirstStep() + ".." + manifest.getLastStep() : "-";
    }
}
