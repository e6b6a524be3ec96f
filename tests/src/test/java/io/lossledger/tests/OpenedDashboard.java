package io.lossledger.tests;

import static io.lossledger.tests.GrafanaDashboard.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A dashboard as Grafana opens it: of each variable the value that its file names if there is such a one, else the first. */
final class OpenedDashboard {
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final Pattern QUERY_RESULT = Pattern.compile("query_result\\((.*)\\)");

    private final PrometheusServer prometheus;
    private final Map<String, String> chosen =
            new LinkedHashMap<>(Map.of("__rate_interval", "10s", "__range", "1m", "__interval", "1s"));
    private final Map<String, List<String>> offered = new LinkedHashMap<>();

    OpenedDashboard(GrafanaDashboard dashboard, PrometheusServer prometheus) {
        this.prometheus = prometheus;
        for (JsonObject variable : dashboard.variables()) {
            String question = filledIn(GrafanaDashboard.question(variable));
            if (!question.isEmpty()) {
                choose(variable, answers(variable, question));
            }
        }
    }

    /** The values to choose from, in the order in which they are shown. */
    List<String> offered(String variable) {
        return offered.getOrDefault(variable, List.of());
    }

    String chosen(String variable) {
        return chosen.getOrDefault(variable, "");
    }

    Map<String, List<String>> offered() {
        return Collections.unmodifiableMap(offered);
    }

    /** As Grafana does, longest names first. */
    String filledIn(String expression) {
        String filled = expression;
        for (String name : chosen.keySet().stream()
                .sorted((a, b) -> b.length() - a.length())
                .toList()) {
            filled = filled.replace("$" + name, chosen.getOrDefault(name, ""));
        }
        return filled;
    }

    private void choose(JsonObject variable, List<String> values) {
        String name = text(variable, "name");
        String named = text(variable.getAsJsonObject("current"), "value");
        offered.put(name, values);
        if (text(variable, "includeAll").equals("true")) {
            chosen.put(name, ".+");
        } else if (values.contains(named)) {
            chosen.put(name, named);
        } else {
            chosen.put(name, values.isEmpty() ? "" : values.get(0));
        }
    }

    private List<String> answers(JsonObject variable, String question) {
        List<String> values = new ArrayList<>();
        Matcher labels = LABEL_VALUES.matcher(question);
        Matcher query = QUERY_RESULT.matcher(question);
        if (labels.matches()) {
            values.addAll(prometheus.labelValues(labels.group(2), labels.group(1)));
        } else if (query.matches()) {
            Pattern part = Pattern.compile(text(variable, "regex").replaceAll("^/|/$", ""));
            for (JsonObject series : prometheus.query(query.group(1))) {
                Matcher found = part.matcher(line(series));
                if (found.find() && !values.contains(found.group(1))) {
                    values.add(found.group(1));
                }
            }
        } else {
            throw new AssertionError("Grafana does not know " + question);
        }
        switch (text(variable, "sort")) {
            case "1" -> Collections.sort(values);
            case "2" -> values.sort(Collections.reverseOrder());
            default -> {}
        }
        return values;
    }

    /** A series as a line of text, of which the variable's pattern takes its part. */
    private static String line(JsonObject series) {
        List<String> labels = new ArrayList<>();
        for (Map.Entry<String, JsonElement> label :
                series.getAsJsonObject("metric").entrySet()) {
            labels.add(label.getKey() + "=\"" + label.getValue().getAsString() + "\"");
        }
        return "{" + String.join(",", labels) + "} "
                + series.getAsJsonArray("value").get(1).getAsString();
    }
}
