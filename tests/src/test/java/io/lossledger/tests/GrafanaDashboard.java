package io.lossledger.tests;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the dashboards that are provisioned.
 *
 * @param name name of its file, without {@code .json}
 */
record GrafanaDashboard(String name, JsonObject json) {
    static final Path FOLDER = Path.of("..", "dashboards", "grafana", "dashboards");

    /** A query of a panel. */
    record Target(JsonObject panel, JsonObject json) {
        String expression() {
            return text(json, "expr");
        }

        @Override
        public String toString() {
            return text(panel, "title") + " " + text(json, "refId");
        }
    }

    static List<GrafanaDashboard> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<GrafanaDashboard> all = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                all.add(of(file.getFileName().toString().replace(".json", ""), Files.readString(file)));
            }
            return all;
        }
    }

    static GrafanaDashboard of(String name, String json) {
        return new GrafanaDashboard(name, JsonParser.parseString(json).getAsJsonObject());
    }

    List<JsonObject> variables() {
        return objects(json.getAsJsonObject("templating"), "list");
    }

    /** All panels, those of collapsed rows too, and the rows. */
    List<JsonObject> panelsAndRows() {
        List<JsonObject> all = new ArrayList<>();
        for (JsonObject panel : objects(json, "panels")) {
            all.add(panel);
            all.addAll(objects(panel, "panels"));
        }
        return all;
    }

    List<JsonObject> panels() {
        return panelsAndRows().stream()
                .filter(panel -> !text(panel, "type").equals("row"))
                .toList();
    }

    List<Target> targets() {
        return panels().stream()
                .flatMap(panel -> objects(panel, "targets").stream().map(target -> new Target(panel, target)))
                .toList();
    }

    static List<JsonObject> objects(JsonObject parent, String name) {
        if (!parent.has(name)) {
            return List.of();
        }
        List<JsonObject> all = new ArrayList<>();
        for (JsonElement element : parent.getAsJsonArray(name)) {
            all.add(element.getAsJsonObject());
        }
        return all;
    }

    /** A member that is text or a number; empty when it is not there. */
    static String text(JsonObject parent, String name) {
        JsonElement value = parent.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    @Override
    public String toString() {
        return name;
    }
}
