package io.lossledger.streams.books;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunManifest;
import java.util.Locale;

/**
 * The parts of a run's manifest that monitoring shows; texts have at most 200 characters. Immutable.
 *
 * @param started Unix time in seconds; NaN when it is not known
 */
public record RunFacts(String model, String dataSet, String optimizer, String rule, String status, double started) {
    private static final int MAX_LENGTH = 200;
    private static final double MILLIS = 1_000;
    private static final String STATUS_PREFIX = "RUN_STATUS_";

    public static RunFacts of(RunManifest manifest) {
        return new RunFacts(
                shorten(manifest.getModel()),
                shorten(manifest.getDataSet()),
                shorten(manifest.getOptimizer()),
                shorten(manifest.getRule()),
                manifest.getStatus().name().replace(STATUS_PREFIX, "").toLowerCase(Locale.ROOT),
                started(manifest));
    }

    private static double started(RunManifest manifest) {
        boolean known = manifest.hasStarted() && Timestamps.isValid(manifest.getStarted());
        return known ? Timestamps.toMillis(manifest.getStarted()) / MILLIS : Double.NaN;
    }

    private static String shorten(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
    }
}
