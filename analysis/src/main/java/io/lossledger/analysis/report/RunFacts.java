package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Table;

/** What a run was, in one row. Stateless. */
final class RunFacts {
    private RunFacts() {}

    static Table of(RunData data) {
        String from = " FROM runs WHERE run = " + RunData.quoted(data.run()) + " LIMIT 1";
        String recorded = recordedRun(data, from);
        return data.ask("SELECT model, data_set AS \"data set\", optimizer, "
                + (recorded.isEmpty() ? "" : RunData.quoted(recorded) + " AS \"trajectory of\", ")
                + RunData.quoted(data.objective()) + " AS objective, rule, status, started,"
                + " (SELECT count(*) FROM s) AS steps, (SELECT any_value(parameters) FROM s) AS parameters" + from);
    }

    /** The run whose trajectory this run measures; empty: its own. Older exports do not know of any. */
    private static String recordedRun(RunData data, String from) {
        return data.ask("SELECT *" + from).has("trajectory")
                ? String.join(
                        "",
                        data.ask("SELECT coalesce(trajectory->>'recorded_run', '') AS run" + from)
                                .texts("run"))
                : "";
    }
}
