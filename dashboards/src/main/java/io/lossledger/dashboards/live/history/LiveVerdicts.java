package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.RunVerdicts;
import io.lossledger.protocol.verdict.Verdict;
import java.util.List;
import java.util.Locale;

/** The verdicts on what is booked of one objective. Stateless. */
public final class LiveVerdicts {
    private LiveVerdicts() {}

    /**
     * Writes the three verdicts: does it learn, which layers help and hurt, do the books balance.
     *
     * @param ended whether the run has its closing balance
     * @param hurting layers that hurt now
     */
    public static void write(JsonText json, RunHistory history, boolean ended, List<String> hurting, double tolerance) {
        WindowRow model = history.totals();
        List<WindowRow> layers = history.layerTotals();
        RunVerdicts verdicts = ended
                ? RunVerdicts.of(model, layers, tolerance)
                : RunVerdicts.soFar(model, layers, history.recent(hurting), tolerance);
        json.array("verdicts", list -> verdicts.all().forEach(verdict -> write(list, verdict)));
    }

    private static void write(JsonText list, Verdict verdict) {
        list.braces(entry -> entry.put("state", verdict.state().name().toLowerCase(Locale.ROOT))
                .put("headline", verdict.headline())
                .put("detail", verdict.detail()));
    }
}
