package io.lossledger.streams;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lossledger.streams.v1.UnitBook;

/** Puts the books of units together: one JSON object for each objective and update part. Stateless. */
final class UnitsJson {
    private UnitsJson() {}

    /** Adds a book; those of one objective come one after the other, in unit order. */
    static void add(JsonArray objectives, UnitBook book) {
        JsonObject units = book.getFirstUnit() == 0
                ? start(objectives, book)
                : objectives.get(objectives.size() - 1).getAsJsonObject();
        book.getLatestList().forEach(lca -> units.getAsJsonArray("unit_lca").add(number(lca)));
        book.getCumulativeList()
                .forEach(lca -> units.getAsJsonArray("cumulative_lca").add(number(lca)));
        book.getSignChangesList()
                .forEach(changes -> units.getAsJsonArray("sign_changes").add(changes));
    }

    private static JsonObject start(JsonArray objectives, UnitBook book) {
        JsonObject units = new JsonObject();
        units.addProperty("objective", book.getObjective());
        units.addProperty("stratum", book.getStratum());
        units.addProperty("part", book.getPart());
        units.addProperty("units", book.getUnits());
        units.addProperty("steps", book.getSteps());
        units.addProperty("last_step", book.getLastStep());
        units.add("unit_lca", new JsonArray());
        units.add("cumulative_lca", new JsonArray());
        units.add("sign_changes", new JsonArray());
        objectives.add(units);
        return units;
    }

    /** As in the rows: JSON has no NaN. */
    private static JsonPrimitive number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : new JsonPrimitive(Double.toString(value));
    }
}
