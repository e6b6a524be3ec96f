package io.lossledger.tests;

import static io.lossledger.tests.GrafanaDashboard.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.lossledger.tests.GrafanaDashboard.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who opens a dashboard, by a real Prometheus that scrapes made-up runs. */
class OpenedDashboardsIT {
    /** By name newest last, so that no order of names is that of the starts. */
    private static final Map<String, Integer> STARTED = Map.of("b-newest", 3_000, "a-oldest", 1_000, "c-middle", 2_000);

    private static final List<String> OF_OBJECTIVE = List.of(
            "loss",
            "loss_change",
            "lca",
            "residual",
            "cumulative_loss_change",
            "cumulative_lca",
            "cumulative_residual",
            "residual_share");
    private static final List<String> OF_LAYER = List.of("layer_lca", "layer_cumulative_lca");

    @TempDir
    static Path directory;

    private static MetricsPage page;
    private static PrometheusServer prometheus;

    @BeforeAll
    static void start() throws Exception {
        OutsideTools.require("prometheus", "--version");
        page = new MetricsPage();
        page.show(metrics(true));
        prometheus = new PrometheusServer(directory, page.port(), StablePort.find());
        prometheus.await(
                "finite values are known",
                () -> !prometheus.query("last_over_time(lossledger_loss[1m])").isEmpty());
        page.show(metrics(false));
        prometheus.await(
                "values are gone",
                () -> prometheus.query("lossledger_loss").isEmpty()
                        && !prometheus.query("lossledger_step").isEmpty());
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (page != null) {
            page.close();
        }
    }

    @Test
    void showTheNewestRunAndTheWholeTrainingSet() throws Exception {
        for (GrafanaDashboard dashboard : GrafanaDashboard.all()) {
            OpenedDashboard opened = new OpenedDashboard(dashboard, prometheus);
            assertThat(opened.offered("run"))
                    .as(dashboard.name())
                    .containsExactly("b-newest", "c-middle", "a-oldest", "d-untold");
            if (!opened.chosen("run").equals(".+")) {
                assertThat(opened.chosen("run")).as(dashboard.name()).isEqualTo("b-newest");
            }
            if (!opened.offered("objective").isEmpty()) {
                assertThat(opened.chosen("objective")).as(dashboard.name()).isEqualTo("train");
                assertThat(opened.offered("objective")).as(dashboard.name()).startsWith("train");
            }
        }
    }

    @Test
    void compareTheNewestRunWithTheOneBefore() throws Exception {
        OpenedDashboard opened = new OpenedDashboard(dashboard("lossledger-compare"), prometheus);
        assertThat(opened.chosen("first")).isEqualTo("c-middle");
        assertThat(opened.chosen("second")).isEqualTo("b-newest");
        assertThat(opened.offered("first")).containsExactlyInAnyOrderElementsOf(opened.offered("second"));
    }

    @Test
    void showAFixedObjectiveWhereNoneIsCalledTrain() throws Exception {
        JsonObject json = dashboard("lossledger-run").json().deepCopy();
        GrafanaDashboard.objects(json.getAsJsonObject("templating"), "list").stream()
                .filter(variable -> text(variable, "name").equals("run"))
                .forEach(variable -> variable.getAsJsonObject("current").addProperty("value", "a-oldest"));
        OpenedDashboard opened = new OpenedDashboard(new GrafanaDashboard("lossledger-run", json), prometheus);
        assertThat(opened.offered("objective")).containsExactly("validation", "a-sampled");
    }

    /** The newest point of what has no sample, as it is not finite, is NaN: neither missing nor the last finite one. */
    @Test
    void sayThatValuesAreNotFinite() throws Exception {
        Set<String> seen = new TreeSet<>();
        for (GrafanaDashboard dashboard : GrafanaDashboard.all()) {
            OpenedDashboard opened = new OpenedDashboard(dashboard, prometheus);
            for (Target target : dashboard.targets()) {
                String type = text(target.panel(), "type");
                for (String name : OF_OBJECTIVE) {
                    look(opened, target, type, name, seen);
                }
                for (String name : OF_LAYER) {
                    look(opened, target, type, name, seen);
                }
            }
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "stat loss",
                        "stat cumulative_loss_change",
                        "stat residual_share",
                        "bargauge layer_cumulative_lca",
                        "table layer_cumulative_lca",
                        "table layer_lca",
                        "table cumulative_lca",
                        "table cumulative_loss_change",
                        "table loss",
                        "table residual_share",
                        "timeseries loss",
                        "timeseries cumulative_loss_change",
                        "timeseries cumulative_lca",
                        "timeseries residual",
                        "timeseries cumulative_residual",
                        "timeseries residual_share",
                        "timeseries layer_lca",
                        "timeseries layer_cumulative_lca");
    }

    private static void look(OpenedDashboard opened, Target target, String type, String name, Set<String> seen) {
        if (!target.expression().contains("(lossledger_" + name + "{")
                || target.expression().contains("deriv(")) { // of a made-up page, which does not move
            return;
        }
        String expression = opened.filledIn(target.expression());
        if (text(target.json(), "instant").equals("true")) {
            for (JsonObject one : prometheus.query(expression, 2)) {
                assertThat(one.getAsJsonArray("value").get(1).getAsString())
                        .as(expression)
                        .isIn("NaN", "-NaN");
                seen.add(type + " " + name);
            }
        } else if (type.equals("stat") || type.equals("timeseries")) {
            double now = prometheus
                    .query("vector(time())")
                    .get(0)
                    .getAsJsonArray("value")
                    .get(1)
                    .getAsDouble();
            List<JsonObject> series = prometheus.query(expression, now - 60, now);
            assertThat(series).as(expression).isNotEmpty();
            for (JsonObject one : series) {
                JsonArray points = one.getAsJsonArray("values");
                assertThat(points.get(points.size() - 1).getAsJsonArray().get(1).getAsString())
                        .as(expression)
                        .isEqualTo("NaN");
                assertThat(points.get(0).getAsJsonArray().get(1).getAsString())
                        .as(expression)
                        .isEqualTo("0.5");
            }
            seen.add(type + " " + name);
        }
    }

    private static GrafanaDashboard dashboard(String name) throws Exception {
        return GrafanaDashboard.all().stream()
                .filter(dashboard -> dashboard.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String metrics(boolean finite) {
        StringBuilder text = new StringBuilder();
        STARTED.forEach((run, time) -> {
            text.append("lossledger_run_start_timestamp_seconds{run=\"" + run + "\"} " + time + "\n");
            text.append("lossledger_run_active{run=\"" + run + "\"} 1\n");
        });
        text.append("lossledger_run_active{run=\"d-untold\"} 1\n"); // its manifest has not come
        objective(text, "b-newest", "class=0", "", finite);
        objective(text, "b-newest", "train", "", finite);
        objective(text, "c-middle", "train", "", finite);
        objective(text, "c-middle", "train", "own", finite);
        objective(text, "a-oldest", "a-sampled", "own", finite);
        objective(text, "a-oldest", "validation", "", finite);
        return text.toString();
    }

    private static void objective(StringBuilder text, String run, String name, String stratum, boolean finite) {
        String labels = "run=\"" + run + "\",objective=\"" + name + "\",stratum=\"" + stratum + "\"";
        String layer = labels + ",layer=\"fc1\",layer_index=\"000\"";
        text.append("lossledger_step{" + labels + "} 7\n");
        text.append("lossledger_layer_parameters{" + layer + "} 6\n");
        if (finite) {
            OF_OBJECTIVE.forEach(metric -> text.append("lossledger_" + metric + "{" + labels + "} 0.5\n"));
            OF_LAYER.forEach(metric -> text.append("lossledger_" + metric + "{" + layer + "} 0.5\n"));
        }
    }
}
