package io.lossledger.protocol.verdict;

import io.lossledger.lca.Balance;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The closing balance of one run for one objective: the row of the whole model, and those of its layers, which follow it.
 * Not thread-safe.
 */
public final class ClosingRows {
    private final String objective;
    private final String stratum;
    private final SortedMap<Integer, WindowRow> layers = new TreeMap<>();
    private @Nullable WindowRow model;

    public ClosingRows(String objective, String stratum) {
        this.objective = objective;
        this.stratum = stratum;
    }

    /** Takes a row of the run if it belongs to the closing balance of the objective and of the whole update. */
    public void accept(WindowRow row) {
        // A run without steps is closed without naming an objective.
        boolean isWanted = row.getSteps() == 0
                || (row.getObjective().equals(objective) && row.getStratum().equals(stratum));
        if (row.getKind() != WindowKind.WINDOW_KIND_RUN
                || !isWanted
                || !row.getPart().isEmpty()) {
            return;
        }
        if (row.getLayer().isEmpty()) {
            model = row;
            layers.clear(); // those of this row come after it
        } else {
            layers.put(row.getLayerIndex(), row);
        }
    }

    /** Whether the row of the whole model and those of all its layers have come. */
    public boolean isComplete() {
        double parameters =
                layers.values().stream().mapToDouble(WindowRow::getParameters).sum();
        return model != null && parameters >= model.getParameters();
    }

    /** @throws IllegalStateException when it has not come */
    public WindowRow model() {
        if (model == null) {
            throw new IllegalStateException("model: the closing row of objective " + objective + " has not come");
        }
        return model;
    }

    /** In model order. */
    public List<WindowRow> layers() {
        return new ArrayList<>(layers.values());
    }

    /** @throws IllegalStateException when the row of the whole model has not come */
    public Balance balance() {
        return balance(model(), layers());
    }

    /** The balance of a window: the row of its whole model, and those of the layers. */
    static Balance balance(WindowRow model, List<WindowRow> layers) {
        double moved =
                layers.stream().mapToDouble(layer -> Math.abs(layer.getLca())).sum();
        return new Balance(model.getResidual(), model.getLossChange(), moved);
    }
}
