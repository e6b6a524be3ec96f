package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PrometheusRulesTest {
    private static final Path RULES = PrometheusServer.FOLDER.resolve("rules/lossledger.yml");
    private static final Path RUNBOOK = Path.of("..", "dashboards", "RUNBOOK.md");

    @BeforeAll
    static void needsPromtool() throws InterruptedException {
        OutsideTools.require("promtool", "--version");
    }

    @Test
    void theConfigurationIsValid() throws Exception {
        promtool(
                "check",
                "config",
                PrometheusServer.FOLDER.resolve("prometheus.yml").toString());
    }

    @Test
    void theRulesAreValid() throws Exception {
        promtool("check", "rules", "--lint=all", "--lint-fatal", RULES.toString());
    }

    @Test
    void theRulesDoWhatTheyShould() throws Exception {
        promtool(
                "test",
                "rules",
                PrometheusServer.FOLDER.resolve("rules_test.yml").toString());
    }

    @Test
    void everyAlertHasATestAndTellsWhatToDo() throws Exception {
        String tests = Files.readString(PrometheusServer.FOLDER.resolve("rules_test.yml"));
        String runbook = Files.readString(RUNBOOK);
        String rules = Files.readString(RULES);
        List<String> alerts = Pattern.compile("- alert: (\\w+)")
                .matcher(rules)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(alerts).hasSizeGreaterThan(5).allSatisfy(alert -> {
            assertThat(tests).contains("alertname: " + alert + "\n        exp_alerts:");
            assertThat(runbook).contains("## " + alert + "\n");
            assertThat(rules).contains("runbook: dashboards/RUNBOOK.md#" + alert.toLowerCase(Locale.ROOT) + "\n");
        });
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
