package io.lossledger.tests;

import static io.lossledger.tests.GrafanaDashboard.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.lossledger.tests.GrafanaDashboard.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every query of every panel, asked of a real Prometheus that has watched two real trainings: none shows "No data". */
class DashboardQueriesIT {
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");
    private static final int STEPS = 60;
    private static final String ROWS_THROUGHOUT =
            "min_over_time(sum(rate(lossledger_processor_latency_seconds_count[10s]))[6s:1s])";

    private final List<String> problems = new ArrayList<>();
    private int asked;

    @Test
    void everyPanelShowsData(@TempDir Path directory) throws Exception {
        OutsideTools.require("prometheus", "--version");
        int kafka = StablePort.find();
        int processor = StablePort.find();
        int trainer = StablePort.find();
        int worker = StablePort.find();
        try (LedgerCommand demo = start("demo --live-port 0 --run first --steps " + STEPS + " --port " + kafka
                        + " --http-port " + processor + " --data-dir " + directory.resolve("demo"));
                PrometheusServer prometheus = new PrometheusServer(directory, processor, trainer, worker)) {
            demo.awaitOutput("Kafka stays up");
            try (LedgerCommand measuring = LedgerCommand.start(
                    "measure", "--all", "--http-port", worker, "--bootstrap-server", "localhost:" + kafka)) {
                measuring.awaitOutput(
                        "the worker serves"); // its start takes time from the trainer, whose rates are asked for
                try (LedgerCommand second = start("train --run second --optimizer momentum --steps 10000 --http-port "
                        + trainer + " --bootstrap-server localhost:" + kafka)) {
                    prometheus.await(
                            "the second run is at step " + STEPS,
                            () -> value(prometheus, "max(lossledger_step{run=\"second\"})") >= STEPS);
                    // Between the two runs no row arrives, and a percentile of none is no number.
                    prometheus.await(
                            "rows have arrived all through the seconds that are asked for",
                            () -> value(prometheus, ROWS_THROUGHOUT) > 0);
                    double now = value(prometheus, "vector(time())");
                    for (GrafanaDashboard dashboard : GrafanaDashboard.all()) {
                        ask(dashboard, prometheus, now);
                    }
                    assertThat(second.isAlive()).isTrue();
                }
            }
            assertThat(problems).isEmpty();
            assertThat(asked).isGreaterThan(80);
            assertThat(prometheus.rules())
                    .hasSize(15)
                    .allMatch(rule -> text(rule, "health").equals("ok"));
        }
    }

    private static LedgerCommand start(String command) throws IOException {
        return LedgerCommand.start((Object[]) (command + " --objective-size 2000").split(" "));
    }

    private void ask(GrafanaDashboard dashboard, PrometheusServer prometheus, double now) {
        OpenedDashboard opened = new OpenedDashboard(dashboard, prometheus);
        opened.offered().forEach((name, values) -> {
            if (values.isEmpty()) {
                problems.add(dashboard + ", variable " + name + ": no values");
            }
        });
        if (!List.of("second", ".+").contains(opened.chosen("run"))) {
            problems.add(dashboard + " opens on run " + opened.chosen("run"));
        }
        for (Target target : dashboard.targets()) {
            asked++;
            String expression = opened.filledIn(target.expression());
            boolean instant = text(target.json(), "instant").equals("true");
            List<JsonObject> series =
                    instant ? prometheus.query(expression) : prometheus.query(expression, now - 5, now);
            if (series.isEmpty()) {
                problems.add(dashboard + ", " + target + ": no data for " + expression);
            }
            for (JsonObject one : series) {
                check(dashboard + ", " + target, text(target.json(), "legendFormat"), one);
            }
        }
    }

    private void check(String where, String legend, JsonObject series) {
        Matcher labels = LEGEND_LABEL.matcher(legend);
        while (labels.find()) {
            // Only sampled objectives have a stratum.
            if (text(series.getAsJsonObject("metric"), labels.group(1)).isEmpty()
                    && !labels.group(1).equals("stratum")) {
                problems.add(where + ": no label " + labels.group(1) + " in " + series.get("metric"));
            }
        }
        Iterable<JsonElement> points =
                series.has("values") ? series.getAsJsonArray("values") : List.of(series.get("value"));
        for (JsonElement point : points) {
            double value = Double.parseDouble(point.getAsJsonArray().get(1).getAsString());
            if (!Double.isFinite(value)) {
                problems.add(where + ": " + value + " in " + series.get("metric"));
                return;
            }
        }
    }

    private static double value(PrometheusServer prometheus, String expression) {
        List<JsonObject> series = prometheus.query(expression);
        return series.isEmpty() ? Double.NaN : pointOf(series.get(0));
    }

    private static double pointOf(JsonObject series) {
        return series.getAsJsonArray("value").get(1).getAsDouble();
    }
}
