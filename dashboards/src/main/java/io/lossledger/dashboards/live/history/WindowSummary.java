package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.lca.Balance;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.LayerRanking;
import org.jspecify.annotations.Nullable;

/**
 * The newest window of one objective of a run, or its closing balance: loss, balance, the layer that helped most and the one
 * that hurt most. Not thread-safe.
 */
public final class WindowSummary {
    private @Nullable WindowRow model;
    private double moved;
    private double help;
    private @Nullable WindowRow helper;
    private @Nullable WindowRow worst;

    /** Adds a row: that of the whole model comes before those of its layers. */
    public void accept(WindowRow row) {
        WindowRow shown = model;
        if (row.getLayer().isEmpty()) {
            if (shown == null || isNewer(row, shown)) {
                model = row;
                moved = 0;
                help = 0;
                helper = null;
                worst = null;
            }
        } else if (shown != null && isSame(row, shown)) {
            moved += Math.abs(row.getLca());
            help += Math.min(0, row.getLca());
            if (row.getLca() < (helper == null ? 0 : helper.getLca())) {
                helper = row;
            }
            if (LayerRanking.hurts(row) && (worst == null || row.getLca() > worst.getLca())) {
                worst = row;
            }
        }
    }

    public boolean isKnown() {
        return model != null && model.getSteps() > 0;
    }

    /** Writes the fields of a known summary. */
    public void write(JsonText json, double tolerance) {
        WindowRow row = model == null ? WindowRow.getDefaultInstance() : model;
        Balance balance = new Balance(row.getResidual(), row.getLossChange(), moved);
        json.put("ended", isClosing(row))
                .put("steps", isClosing(row) ? row.getSteps() : Integer.toUnsignedLong(row.getLastStep()) + 1)
                .put("share", balance.share())
                .put("balanced", balance.isWithin(tolerance))
                .put("missing_steps", Integer.toUnsignedLong(row.getMissingSteps()));
        if (row.hasLossStart() && row.hasLossEnd()) {
            json.put("loss_start", row.getLossStart()).put("loss_end", row.getLossEnd());
        }
        if (helper != null) {
            json.put("helper", helper.getLayer()).put("helper_share", helper.getLca() / help);
        }
        if (worst != null) {
            json.put("worst", worst.getLayer()).put("worst_lca", worst.getLca());
        }
    }

    private static boolean isClosing(WindowRow row) {
        return row.getKind() == WindowKind.WINDOW_KIND_RUN;
    }

    private static boolean isNewer(WindowRow row, WindowRow than) {
        if (isClosing(row) || isClosing(than)) {
            return isClosing(row);
        }
        return Integer.compareUnsigned(row.getLastStep(), than.getLastStep()) > 0;
    }

    private static boolean isSame(WindowRow row, WindowRow other) {
        return row.getKind() == other.getKind()
                && row.getSize() == other.getSize()
                && row.getHop() == other.getHop()
                && row.getWindow() == other.getWindow();
    }
}
