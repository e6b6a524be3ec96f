package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerMetric.Scope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conventions of Prometheus, which its registry and {@code promtool check metrics} take for granted. */
class LedgerMetricTest {
    @ParameterizedTest
    @EnumSource(LedgerMetric.class)
    void isNamedByConvention(LedgerMetric metric) {
        String name = metric.prometheusName();
        assertThat(name).matches("lossledger(_[a-z]+)+");
        assertThat(name.endsWith("_total")).isEqualTo(metric.type() == LedgerMetric.Type.COUNTER);
        assertThat(name.endsWith("_info")).isEqualTo(metric.type() == LedgerMetric.Type.INFO);
        if (metric.type() == LedgerMetric.Type.TIMER) {
            assertThat(name).endsWith("_seconds");
        }
        if (metric.unit().equals("seconds") || metric.unit().equals("bytes")) {
            assertThat(name).containsPattern("_" + metric.unit() + "(_total)?$");
        }
        // Prometheus adds labels of these names itself, and keeps the last two for histograms and summaries.
        assertThat(metric.tags())
                .doesNotContain("job", "instance", "le", "quantile")
                .doesNotHaveDuplicates();
        assertThat(metric.help()).isNotBlank().doesNotEndWith(".");
    }

    @Test
    void hasEveryNameOnce() {
        assertThat(LedgerMetric.values())
                .extracting(LedgerMetric::prometheusName)
                .doesNotHaveDuplicates();
        assertThat(LedgerMetric.values()).extracting(LedgerMetric::meterName).doesNotHaveDuplicates();
    }

    @Test
    void aMetersNameIsThatOfPrometheusWithoutTheRegistrysSuffixes() {
        assertThat(LedgerMetric.MAGNITUDE.meterName()).isEqualTo("lossledger.magnitude");
        assertThat(LedgerMetric.PROCESSOR_LATENCY.meterName()).isEqualTo("lossledger.processor.latency");
        assertThat(LedgerMetric.RUN_INFO.meterName()).isEqualTo("lossledger.run.info");
        assertThat(LedgerMetric.LAST_STEP_TIMESTAMP.meterName()).isEqualTo("lossledger.last.step.timestamp.seconds");
    }

    @Test
    void lcaIsNeverACounter() {
        assertThat(Arrays.stream(LedgerMetric.values())
                        .filter(metric -> metric.prometheusName().endsWith("lca")))
                .isNotEmpty()
                .allMatch(metric -> metric.type() == LedgerMetric.Type.GAUGE);
    }

    @Test
    void metricsOfLayersNameTheLayer() {
        assertThat(LedgerMetric.values())
                .filteredOn(metric -> metric.prometheusName().startsWith("lossledger_layer_"))
                .isNotEmpty()
                .allMatch(metric -> metric.scope() == Scope.LAYER);
    }
}
