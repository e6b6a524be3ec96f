package io.lossledger.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerMetric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads meters as monitoring would. */
final class MeterReading {
    private MeterReading() {}

    static List<Meter> metersOfRuns(MeterRegistry registry) {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getTag("run") != null)
                .toList();
    }

    /** The value of the one meter of this name that has all these tag values. */
    static double reading(MeterRegistry registry, LedgerMetric metric, String... values) {
        List<Meter> found = registry.find(metric.meterName()).meters().stream()
                .filter(meter -> meter.getId().getTags().stream()
                        .map(Tag::getValue)
                        .collect(Collectors.toSet())
                        .containsAll(List.of(values)))
                .toList();
        assertThat(found)
                .as(String.format(Locale.ROOT, "%s%s", metric, List.of(values)))
                .hasSize(1);
        return found.get(0).measure().iterator().next().getValue();
    }
}
