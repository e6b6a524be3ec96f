package io.lossledger.analysis.report;

import java.util.List;

/** The content of the page for a run. */
record ReportRun(String run, Table facts, Table findings, List<Figure> figures, List<String> notes) {}
