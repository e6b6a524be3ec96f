package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The alerts of a run: the open ones, and the newest closed ones. Not thread-safe. */
public final class RunAlerts {
    private static final String LAYER_HURTS = "layer-hurts";
    private static final int MOST_OPEN = 200;
    private static final int MOST_CLOSED = 100;

    private final Map<String, AlertRow> open = new LinkedHashMap<>();
    private final Deque<AlertRow> closed = new ArrayDeque<>();
    private long notes;

    public void accept(AlertRow row) {
        notes++;
        String subject = String.join(
                "\n", row.getRule(), row.getObjective(), row.getStratum(), row.getLayer(), "" + row.getOpenedStep());
        if (row.getState() == AlertState.ALERT_STATE_OPENED) {
            open.put(subject, row);
            if (open.size() > MOST_OPEN) {
                open.remove(open.keySet().iterator().next());
            }
            return;
        }
        AlertRow opened = open.remove(subject);
        // The opening message says what was wrong; the closing one only says that it is over.
        closed.addFirst(
                opened == null
                        ? row
                        : opened.toBuilder()
                                .setState(row.getState())
                                .setStep(row.getStep())
                                .build());
        if (closed.size() > MOST_CLOSED) {
            closed.removeLast();
        }
    }

    /** Clears all alerts, because the rows will arrive again. */
    public void clear() {
        open.clear();
        closed.clear();
        notes++;
    }

    public long notes() {
        return notes;
    }

    /** The layers that hurt an objective now, by the sequential test of the alerts. */
    public List<String> hurting(ObjectiveKey objective) {
        return open.values().stream()
                .filter(row -> row.getRule().equals(LAYER_HURTS)
                        && row.getObjective().equals(objective.name())
                        && row.getStratum().equals(objective.stratum()))
                .map(AlertRow::getLayer)
                .toList();
    }

    public void write(JsonText json) {
        json.array("alerts", list -> {
            open.values().forEach(row -> write(list, row, true));
            closed.forEach(row -> write(list, row, false));
        });
    }

    private static void write(JsonText list, AlertRow row, boolean isOpen) {
        list.braces(entry -> entry.put("open", isOpen)
                .put("rule", row.getRule())
                .put("objective", row.getObjective())
                .put("stratum", row.getStratum())
                .put("layer", row.getLayer())
                .put("opened_step", Integer.toUnsignedLong(row.getOpenedStep()))
                .put("step", Integer.toUnsignedLong(row.getStep()))
                .put("message", row.getMessage()));
    }
}
