package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Table;
import io.lossledger.protocol.verdict.Verdict;
import java.util.List;

/** The content of the page for a run. */
record ReportRun(
        String run, List<Verdict> verdicts, Table facts, Table findings, List<Figure> figures, List<String> notes) {
    ReportRun with(List<Figure> others) {
        return new ReportRun(run, verdicts, facts, findings, others, notes);
    }
}
