package io.lossledger.tests;

import static io.lossledger.tests.GrafanaDashboard.objects;
import static io.lossledger.tests.GrafanaDashboard.text;

import com.google.gson.JsonObject;
import io.lossledger.tests.GrafanaDashboard.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of Grafana's dashboard-linter for every type of panel, and those that were learnt here. */
final class DashboardLint {
    private static final Set<String> PANEL_TYPES =
            Set.of("row", "stat", "timeseries", "table", "bargauge", "heatmap", "trend", "xychart");
    private static final Set<String> TRANSFORMATIONS = Set.of("groupBy", "joinByField", "merge", "organize");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)}");
    private static final Pattern RANGE = Pattern.compile("(rate|increase|irate)\\(([a-z_]+)\\{[^}]*}\\[([^]]+)]");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z][a-zA-Z]*|__[a-z_]+)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");
    /** Metrics that two processors show while a run moves from one to the other. */
    private static final String OF_RUNS = "lossledger_(?!processor_|producer_|worker_).*";

    private static final String ONE_LINE = "(?s).*(max by \\([^)]*\\) \\((deriv\\()?|max\\(|rate\\()";
    /** Grafana evaluates an instant query at the end of its time range, when the metrics of an ended run may be gone. */
    private static final String KEPT = "[$__range:$__interval]";

    /** They start at 0 with the run and go on after a restart, so that their value means something by itself. */
    private static final Set<String> COUNTERS_SHOWN_AS_THEY_ARE = Set.of(
            "lossledger_missing_steps_total",
            "lossledger_magnitude_total",
            "lossledger_layer_moments_total",
            "lossledger_processor_dead_letters_total");

    private final GrafanaDashboard dashboard;
    private final Predicate<String> isMetric;
    private final List<String> problems = new ArrayList<>();

    /** @param isMetric whether the application emits a metric of that name */
    static List<String> problems(GrafanaDashboard dashboard, Predicate<String> isMetric) {
        DashboardLint lint = new DashboardLint(dashboard, isMetric);
        lint.dashboard();
        lint.variables();
        lint.places();
        dashboard.panelsAndRows().forEach(lint::panel);
        dashboard.targets().forEach(lint::target);
        return lint.problems;
    }

    private DashboardLint(GrafanaDashboard dashboard, Predicate<String> isMetric) {
        this.dashboard = dashboard;
        this.isMetric = isMetric;
    }

    private void require(boolean rule, String problem) {
        if (!rule) {
            problems.add(problem);
        }
    }

    private void dashboard() {
        JsonObject json = dashboard.json();
        require(text(json, "uid").equals(dashboard.name()), "uid: must be the file's name");
        require(json.get("id").isJsonNull(), "id: must be null");
        require(text(json, "editable").equals("false"), "editable: must be false");
        require(text(json, "schemaVersion").equals("39"), "schemaVersion: must be 39");
        require(text(json, "graphTooltip").equals("1"), "graphTooltip: must be 1, one cursor for all");
        require(!json.has("__inputs"), "__inputs: provisioning from files never resolves them");
        require(!text(json, "description").isEmpty(), "description: must be there");
        Set<String> tags = new HashSet<>();
        json.getAsJsonArray("tags").forEach(tag -> tags.add(tag.getAsString()));
        for (JsonObject link : objects(json, "links")) {
            require(
                    text(link, "includeVars").equals("true")
                            && text(link, "keepTime").equals("true"),
                    "links: keep what is chosen");
            link.getAsJsonArray("tags")
                    .forEach(tag -> require(tags.contains(tag.getAsString()), "links: no dashboard has tag " + tag));
        }
    }

    private void variables() {
        List<String> names =
                dashboard.variables().stream().map(v -> text(v, "name")).toList();
        require(
                names.subList(0, 3).equals(List.of("datasource", "job", "instance")),
                "variables: datasource, job, instance come first");
        require(names.contains("run"), "variables: run is missing");
        for (JsonObject variable : dashboard.variables()) {
            String name = text(variable, "name");
            if (name.equals("datasource")) {
                require(
                        text(variable, "type").equals("datasource")
                                && text(variable, "query").equals("prometheus"),
                        "datasource: must choose a Prometheus");
                continue;
            }
            require(text(variable, "refresh").equals("2"), name + ": refresh must be 2, when the time changes");
            require(isDashboardsSource(variable), name + ": must ask ${datasource}");
            String query = GrafanaDashboard.question(variable);
            require(
                    query.matches("label_values\\(.*, \\w+\\)|query_result\\(.*\\)"),
                    name + ": must be label_values or query_result");
            require(name.equals("job") || query.contains("job=~\"$job\""), name + ": must keep to $job");
            if (name.equals("job") || name.equals("instance")) {
                require(text(variable, "label").equals(name), name + ": label must be its name");
                require(text(variable, "multi").equals("true"), name + ": must take several");
            }
            if (text(variable, "includeAll").equals("true")) {
                require(text(variable, "allValue").equals(".+"), name + ": allValue must be .+");
            }
        }
    }

    private void places() {
        List<JsonObject> all = dashboard.panelsAndRows();
        Set<String> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonObject panel : all) {
            require(ids.add(text(panel, "id")), text(panel, "title") + ": id must be unique");
            JsonObject place = panel.getAsJsonObject("gridPos");
            int x = place.get("x").getAsInt();
            int y = place.get("y").getAsInt();
            require(x >= 0 && x + place.get("w").getAsInt() <= 24, text(panel, "title") + ": lies outside");
            boolean free = true;
            for (int column = x; column < x + place.get("w").getAsInt(); column++) {
                for (int line = y; line < y + place.get("h").getAsInt(); line++) {
                    free &= cells.add(column + "," + line);
                }
            }
            require(free, text(panel, "title") + ": lies over another panel");
        }
    }

    private void panel(JsonObject panel) {
        String title = text(panel, "title");
        require(!title.isEmpty(), "a panel has no title");
        require(PANEL_TYPES.contains(text(panel, "type")), title + ": unknown type " + text(panel, "type"));
        if (text(panel, "type").equals("row")) {
            return;
        }
        require(text(panel, "description").endsWith("."), title + ": description must be a sentence");
        require(isDashboardsSource(panel), title + ": must ask ${datasource}");
        require(!objects(panel, "targets").isEmpty(), title + ": has no query");
        JsonObject defaults = panel.getAsJsonObject("fieldConfig").getAsJsonObject("defaults");
        require(!text(defaults, "unit").isEmpty(), title + ": has no unit");
        Set<String> references = new HashSet<>();
        objects(panel, "targets")
                .forEach(target -> require(references.add(text(target, "refId")), title + ": refId must be unique"));
        for (JsonObject transformation : objects(panel, "transformations")) {
            require(
                    TRANSFORMATIONS.contains(text(transformation, "id")),
                    title + ": unknown transformation " + text(transformation, "id"));
        }
        require(
                !panel.getAsJsonObject("options").toString().contains("lastNotNull"),
                title + ": must not show an older value as the newest");
        switch (text(panel, "type")) {
            case "heatmap" -> heatmap(title, panel.getAsJsonObject("options"));
            case "trend" -> trend(title, panel);
            case "xychart" -> xyChart(title, panel.getAsJsonObject("options"));
            default -> {}
        }
    }

    /** Grafana refuses an x axis that does not ascend, and between two steps it is scraped more than once. */
    private void trend(String title, JsonObject panel) {
        String x = text(panel.getAsJsonObject("options"), "xField");
        require(
                objects(panel, "transformations").stream()
                        .filter(transformation -> text(transformation, "id").equals("groupBy"))
                        .map(transformation ->
                                transformation.getAsJsonObject("options").getAsJsonObject("fields"))
                        .anyMatch(fields -> fields.has(x)
                                && text(fields.getAsJsonObject(x), "operation").equals("groupby")),
                title + ": must group by " + x);
    }

    /** What is mapped by hand is passed over without a frame, and no variable is filled in. */
    private void xyChart(String title, JsonObject options) {
        for (JsonObject series : objects(options, "series")) {
            require(series.has("frame"), title + ": a series must tell its frame");
            require(!VARIABLE.matcher(series.toString()).find(), title + ": a series must not use a variable");
        }
    }

    /** By default a heatmap hides all that is not above zero. */
    private void heatmap(String title, JsonObject options) {
        JsonObject color = options.getAsJsonObject("color");
        require(text(options, "calculate").equals("false"), title + ": must not calculate");
        require(
                options.getAsJsonObject("filterValues").get("le").getAsDouble() <= -1e9,
                title + ": would hide what helps");
        require(
                color.get("min").getAsDouble() == -color.get("max").getAsDouble(),
                title + ": zero must be the middle of the colours");
    }

    private void target(Target target) {
        String expression = target.expression();
        require(isDashboardsSource(target.json()), target + ": must ask ${datasource}");
        require(!text(target.json(), "legendFormat").isEmpty(), target + ": has no legend");
        Matcher selectors = SELECTOR.matcher(expression);
        Set<String> rated =
                RANGE.matcher(expression).results().map(found -> found.group(2)).collect(Collectors.toSet());
        boolean isInstant = text(target.json(), "instant").equals("true");
        require(
                !isInstant || expression.contains(KEPT),
                target + ": must keep what an ended run showed last, by " + KEPT);
        boolean any = false;
        while (selectors.find()) {
            any = true;
            String metric = selectors.group(1);
            require(selectors.group(2).contains("job=~\"$job\""), target + ": must keep to $job");
            require(selectors.group(2).contains("instance=~\"$instance\""), target + ": must keep to $instance");
            String before = expression.substring(0, selectors.start());
            require(
                    !metric.matches(OF_RUNS) || before.matches(ONE_LINE),
                    target + ": needs the maximum over processors of " + metric);
            require(isMetric.test(metric), target + ": nothing emits " + metric);
            boolean counter = metric.endsWith("_total") && !COUNTERS_SHOWN_AS_THEY_ARE.contains(metric);
            require(!counter || rated.contains(metric), target + ": needs a rate of " + metric);
        }
        require(any, target + ": asks for no metric");
        RANGE.matcher(expression)
                .results()
                .map(found -> found.group(3))
                .forEach(range ->
                        require(range.equals("$__rate_interval"), target + ": range must be $__rate_interval"));
        Set<String> known =
                dashboard.variables().stream().map(v -> text(v, "name")).collect(Collectors.toSet());
        VARIABLE.matcher(expression)
                .results()
                .map(found -> found.group(1))
                .forEach(name ->
                        require(name.startsWith("__") || known.contains(name), target + ": unknown variable " + name));
        for (MatchResult label : LEGEND_LABEL
                .matcher(text(target.json(), "legendFormat"))
                .results()
                .toList()) {
            require(
                    expression.matches("(?s).*by \\([^)]*\\b" + label.group(1) + "\\b[^)]*\\).*"),
                    target + ": the legend's " + label.group(1) + " is in no result");
        }
    }

    private static boolean isDashboardsSource(JsonObject parent) {
        return parent.has("datasource")
                && text(parent.getAsJsonObject("datasource"), "uid").equals("${datasource}");
    }
}
