package io.lossledger.tests;

import static io.lossledger.tests.GrafanaDashboard.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.lossledger.tests.GrafanaDashboard.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who opens a dashboard after the metrics of a run have disappeared, by a real Prometheus. */
class EndedRunDashboardsIT {
    private static final String RUN = "run=\"ended\"";
    private static final String OBJECTIVE = RUN + ",objective=\"train\",stratum=\"\"";
    private static final String LAYER = OBJECTIVE + ",layer=\"fc1\",layer_index=\"000\"";
    private static final String METRICS = String.join(
                    "\n",
                    "lossledger_run_start_timestamp_seconds{" + RUN + "} 1000",
                    "lossledger_run_active{" + RUN + "} 0",
                    "lossledger_missing_steps_total{" + RUN + "} 0.25",
                    "lossledger_open_alerts{" + RUN + ",rule=\"layer-hurts\"} 0.25",
                    "lossledger_step{" + OBJECTIVE + "} 0.25",
                    "lossledger_loss{" + OBJECTIVE + "} 0.25",
                    "lossledger_cumulative_loss_change{" + OBJECTIVE + "} 0.25",
                    "lossledger_cumulative_lca{" + OBJECTIVE + "} 0.25",
                    "lossledger_residual_share{" + OBJECTIVE + "} 0.25",
                    "lossledger_layer_parameters{" + LAYER + "} 0.25",
                    "lossledger_layer_lca{" + LAYER + "} 0.25",
                    "lossledger_layer_cumulative_lca{" + LAYER + "} 0.25")
            + "\n";
    private static final List<String> SHOWN = List.of(
            "missing_steps_total",
            "open_alerts",
            "step",
            "loss",
            "cumulative_loss_change",
            "residual_share",
            "layer_lca",
            "layer_cumulative_lca");

    @TempDir
    Path directory;

    @Test
    void statsTablesAndBarsShowWhatTheRunShowedLast() throws Exception {
        OutsideTools.require("prometheus", "--version");
        Set<String> seen = new TreeSet<>();
        try (MetricsPage page = new MetricsPage()) {
            page.show(METRICS);
            try (PrometheusServer prometheus = new PrometheusServer(directory, page.port(), StablePort.find())) {
                prometheus.await(
                        "the run is known",
                        () -> !prometheus.query("lossledger_layer_lca").isEmpty());
                page.show("");
                prometheus.await(
                        "the run has disappeared",
                        () -> prometheus.query("lossledger_step").isEmpty());
                for (GrafanaDashboard dashboard : GrafanaDashboard.all()) {
                    OpenedDashboard opened = new OpenedDashboard(dashboard, prometheus);
                    for (Target target : dashboard.targets()) {
                        look(prometheus, opened, target, seen);
                    }
                }
            }
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "bargauge layer_cumulative_lca",
                        "stat cumulative_loss_change",
                        "stat loss",
                        "stat missing_steps_total",
                        "stat open_alerts",
                        "stat residual_share",
                        "stat step",
                        "table cumulative_loss_change",
                        "table layer_cumulative_lca",
                        "table layer_lca",
                        "table loss",
                        "table missing_steps_total",
                        "table residual_share",
                        "table step");
    }

    private static void look(PrometheusServer prometheus, OpenedDashboard opened, Target target, Set<String> seen) {
        String type = text(target.panel(), "type");
        String query = target.expression();
        boolean isPlain = !query.contains(" / ") && !query.contains("rate(") && !query.contains("sum by");
        if (!Set.of("stat", "table", "bargauge").contains(type) || !isPlain) {
            return;
        }
        for (String name : SHOWN) {
            if (!query.matches("(?s).*?\\(lossledger_" + name + "\\{.*")
                    || query.indexOf("(lossledger_" + name + "{") > query.indexOf("(lossledger_")) {
                continue;
            }
            String filled = opened.filledIn(query);
            double now = prometheus
                    .query("vector(time())")
                    .get(0)
                    .getAsJsonArray("value")
                    .get(1)
                    .getAsDouble();
            boolean isInstant = text(target.json(), "instant").equals("true");
            List<JsonObject> series = isInstant ? prometheus.query(filled) : prometheus.query(filled, now - 60, now);
            assertThat(series).as(filled).hasSize(1);
            JsonObject one = series.get(0);
            var points = isInstant ? null : one.getAsJsonArray("values");
            var last = points == null
                    ? one.getAsJsonArray("value")
                    : points.get(points.size() - 1).getAsJsonArray();
            assertThat(Math.abs(last.get(1).getAsDouble())).as(filled).isEqualTo(0.25);
            seen.add(type + " " + name);
        }
    }
}
