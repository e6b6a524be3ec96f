package io.lossledger.analysis.report;

import java.util.List;

/** What the page shows of a run. */
record ReportRun(String run, Table facts, Table findings, List<Figure> figures, List<String> notes) {}
