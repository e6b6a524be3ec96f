package io.lossledger.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three answers at the head of a report. */
class ReportAnswersTest {
    private static final int STEPS = ReportedRun.STEPS;
    private static final double TOLERANCE = 0.01;

    @TempDir
    Path folder;

    private ReportedRun run;

    @BeforeEach
    void begin() {
        run = new ReportedRun(folder);
    }

    @Test
    void answersThreeQuestionsInWords() throws Exception {
        run.export("run-1");
        try (TableQuery query = TableQuery.open(closed())) {
            List<Report.Source> sources = List.of(new Report.Source(query, "run-1", null, null, List.of()));
            String html = Report.of(sources, 0.005).html();
            assertThat(answers(html))
                    .containsExactly(
                            "good: Learned (loss 100.000 → 70.000 over 40 steps)",
                            "bad: small hurt (ΣLCA +10.000; big &lt;b&gt; did most (100 % of the help))",
                            "bad: Not balanced (residual 1 % of what moved, tolerance 0.5 %)");
            assertThat(answers(Report.of(sources, TOLERANCE).html()))
                    .contains("good: Balanced (residual 1 % of what moved, tolerance 1 %)");
            assertThat(html).doesNotContain("no closing balance");
        }
    }

    @Test
    void answersFromTheBookedStepsOfARunThatIsNotClosed() throws Exception {
        try (TableQuery query = TableQuery.open(run.export("run-1"))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE)
                    .html();
            assertThat(answers(html))
                    .containsExactly(
                            "good: Learned (loss 100.000 → 70.000 over 40 steps)",
                            "bad: small hurt (ΣLCA +10.000; big &lt;b&gt; did most (100 % of the help))",
                            "good: Balanced (residual 0 % of what moved, tolerance 1 %)");
            assertThat(html).contains("The run has no closing balance yet.");
        }
    }

    @Test
    void saysThatASampledObjectiveHasTheNoiseOfTheSample() throws Exception {
        Path sampled = folder.resolve("sampled.duckdb");
        run.export("run-1");
        try (TableExport to = TableExport.create(sampled, ExportFormat.DUCKDB, false)) {
            for (Message row : run.rows()) {
                to.add(
                        row instanceof StepRow step
                                ? step.toBuilder()
                                        .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                                        .build()
                                : row);
            }
            to.finish();
        }
        try (TableQuery query = TableQuery.open(sampled)) {
            Report report = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE);
            assertThat(report.html()).contains("The objective is sampled.");
        }
    }

    /** As in the terminal and on the page. */
    @Test
    void saysThatTheSamplingErrorHidesWhatARunDid() throws Exception {
        run.export("run-1");
        WindowRow interval =
                WindowRow.newBuilder().setIntervalLow(-1).setIntervalHigh(1).build();
        try (TableQuery query = TableQuery.open(closed(interval))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())), TOLERANCE)
                    .html();
            assertThat(answers(html))
                    .startsWith(
                            "open: Not clear (loss 100.000 → 70.000 over 40 steps is within the sampling error)",
                            "good: big &lt;b&gt; did most (100 % of the help) (no layer hurt as a whole)");
            assertThat(html).contains("aria-label=\"Does it learn? open\">–</span>");
        }
    }

    private Path closed() throws Exception {
        return closed(WindowRow.getDefaultInstance());
    }

    /** The rows of run-1 with a closing balance, whose rows have an interval in common. */
    private Path closed(WindowRow interval) throws Exception {
        Path closed = folder.resolve("closed.duckdb");
        try (TableExport to = TableExport.create(closed, ExportFormat.DUCKDB, false)) {
            for (Message row : run.rows()) {
                to.add(row);
            }
            WindowRow balance = interval.toBuilder()
                    .setRun("run-1")
                    .setKind(WindowKind.WINDOW_KIND_RUN)
                    .setObjective("train")
                    .setSteps(STEPS)
                    .build();
            to.add(balance.toBuilder().setLossChange(-30).setResidual(0.5).build());
            to.add(balance.toBuilder().setLayer("big <b>").setLca(-40).build());
            to.add(balance.toBuilder()
                    .setLayer("small")
                    .setLayerIndex(1)
                    .setLca(10)
                    .build());
            to.finish();
        }
        return closed;
    }

    /** State, headline and detail of each answer. */
    static List<String> answers(String html) {
        return Pattern.compile("<li class=(\\w+) .*?<div class=headline>(.*?)</div><div class=detail>(.*?)</div>")
                .matcher(html)
                .results()
                .map(found -> found.group(1) + ": " + found.group(2) + " (" + found.group(3) + ")")
                .toList();
    }
}
