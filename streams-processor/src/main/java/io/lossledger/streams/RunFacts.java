package io.lossledger.streams;

import io.lossledger.protocol.v1.RunManifest;
import java.util.Locale;

/** What a run's manifest says that monitoring wants to show, each at most 200 characters. Immutable. */
record RunFacts(String model, String dataSet, String optimizer, String rule, String status) {
    private static final int MAX_LENGTH = 200;
    private static final String STATUS_PREFIX = "RUN_STATUS_";

    static RunFacts of(RunManifest manifest) {
        return new RunFacts(
                shorten(manifest.getModel()),
                shorten(manifest.getDataSet()),
                shorten(manifest.getOptimizer()),
                shorten(manifest.getRule()),
                manifest.getStatus().name().replace(STATUS_PREFIX, "").toLowerCase(Locale.ROOT));
    }

    private static String shorten(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
    }
}
