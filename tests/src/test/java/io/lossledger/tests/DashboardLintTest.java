package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardLintTest {
    static List<GrafanaDashboard> dashboards() throws IOException {
        return GrafanaDashboard.all();
    }

    @Test
    void allAreThere() throws IOException {
        assertThat(dashboards())
                .extracting(GrafanaDashboard::name)
                .containsExactly("lossledger-compare", "lossledger-layers", "lossledger-pipeline", "lossledger-run");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void keepsTheRules(GrafanaDashboard dashboard) {
        assertThat(DashboardLint.problems(dashboard, EmittedMetrics::contains)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "uid": "lossledger-run"        | "uid": "other"            | uid: must be the file's name
            "editable": false              | "editable": true          | editable: must be false
            "refresh": 2                   | "refresh": 1              | run: refresh must be 2, when the time changes
            "allValue": ".+"               | "allValue": ".*"          | job: allValue must be .+
            job=~\\"$job\\",instance       | instance                  | Loss A: must keep to $job
            ,instance=~\\"$instance\\"     | ''                        | Loss A: must keep to $instance
            "last"                         | "lastNotNull"            | Loss: must not show an older value as the newest
            "unit": "s"                    | "unit": ""                | From a step to its rows: has no unit
            "type": "trend"                | "type": "graph"           | The same by step: unknown type graph
            "id": "joinByField"            | "id": "join"              | The same by step: unknown transformation join
            "refId": "B"                   | "refId": "A"              | Residual: refId must be unique
            [$__rate_interval]             | [5m]                      | Help and hurt A: range must be $__rate_interval
            lossledger_churn               | lossledger_chern          | Movement per loss change A: nothing emits lossledger_chern
            rate(lossledger_capped_steps_total | sum(lossledger_capped_steps_total | Steps at the cap A: needs a rate of lossledger_capped_steps_total
            "legendFormat": "{{rule}}"     | "legendFormat": "{{role}}" | Open alerts A: the legend's role is in no result
            objective=~\\"$objective\\"    | objective=~\\"$goal\\"    | Loss A: unknown variable goal
            "uid": "${datasource}"         | "uid": "prometheus"       | Loss: must ask ${datasource}
            "w": 24                        | "w": 25                   | Summary: lies outside
            "h": 8                         | "h": 9                    | Residual: lies over another panel
            "keepTime": true               | "keepTime": false         | links: keep what is chosen
            max by (run, rule)             | sum by (run, rule)        | Open alerts A: needs the maximum over processors of lossledger_open_alerts
            "operation": "groupby"         | "operation": "aggregate"  | The same by step: must group by step
            [$__range:$__interval]         | [$__range]                | Who learned A: must keep what an ended run showed last, by [$__range:$__interval]
            """)
    void findsWhatIsWrong(String right, String wrong, String problem) throws IOException {
        String json = Files.readString(GrafanaDashboard.FOLDER.resolve("lossledger-run.json"));
        assertThat(json).contains(right);
        assertThat(DashboardLint.problems(
                        GrafanaDashboard.of("lossledger-run", json.replace(right, wrong)), EmittedMetrics::contains))
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "le": -1000000000.0  | "le": 0              | Who moves the loss, and which way: would hide what helps
            "min": -1            | "min": 0             | Who moves the loss, and which way: zero must be the middle of the colours
            "calculate": false   | "calculate": true    | Who moves the loss, and which way: must not calculate
            """)
    void findsAHeatmapThatHides(String right, String wrong, String problem) throws IOException {
        String json = Files.readString(GrafanaDashboard.FOLDER.resolve("lossledger-layers.json"));
        assertThat(json).contains(right);
        assertThat(DashboardLint.problems(
                        GrafanaDashboard.of("lossledger-layers", json.replace(right, wrong)), EmittedMetrics::contains))
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "frame": {               | "from": {                    | Loss by step: a series must tell its frame
            "options": "/^step of f  | "options": "/^$first of f    | Loss by step: a series must not use a variable
            """)
    void findsAnXyChartThatStaysEmpty(String right, String wrong, String problem) throws IOException {
        String json = Files.readString(GrafanaDashboard.FOLDER.resolve("lossledger-compare.json"));
        assertThat(json).contains(right);
        assertThat(DashboardLint.problems(
                        GrafanaDashboard.of("lossledger-compare", json.replace(right, wrong)),
                        EmittedMetrics::contains))
                .contains(problem);
    }
}
