package io.lossledger.streams.queries;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lossledger.streams.v1.UnitBook;

/** Combines the books of units into one JSON object for each objective and update part. Not thread-safe. */
final class UnitsJson {
    /** An answer is held in memory, at about 150 bytes per unit. */
    static final int MOST_UNITS = 200_000;

    private final JsonArray objectives = new JsonArray();
    private int units;

    JsonArray objectives() {
        return objectives;
    }

    /**
     * Adds a book; the books of one objective must be added consecutively, in unit order.
     *
     * @throws IllegalArgumentException when there are too many units
     */
    void add(UnitBook book) {
        units += book.getLatestCount();
        if (units > MOST_UNITS) {
            throw new IllegalArgumentException(
                    "units: must be at most " + MOST_UNITS + " in all objectives. Found: more"
                            + " (ask for one with ?objective=NAME, or read lossledger.unit)");
        }
        if (book.getFirstUnit() == 0) {
            objectives.add(start(book));
        }
        JsonObject into = objectives.get(objectives.size() - 1).getAsJsonObject();
        for (int i = 0; i < book.getLatestCount(); i++) {
            into.getAsJsonArray("unit_lca").add(number(book.getLatest(i)));
            into.getAsJsonArray("cumulative_lca").add(number(book.getCumulative(i)));
            into.getAsJsonArray("sign_changes").add(book.getSignChanges(i));
        }
    }

    private static JsonObject start(UnitBook book) {
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
        return units;
    }

    /** As in the rows, because JSON has no NaN. */
    private static JsonPrimitive number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : new JsonPrimitive(Double.toString(value));
    }
}
