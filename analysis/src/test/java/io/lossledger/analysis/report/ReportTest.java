package io.lossledger.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of two layers with 900 and 100 parameters, in which the small one hurts. */
class ReportTest {
    private static final int STEPS = 40;

    @TempDir
    Path folder;

    @Test
    void saysWhatTheRunSaysAndWhereItDiffersFromThePaper() throws Exception {
        try (TableQuery query = TableQuery.open(export("run-1"))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", digest(), null, List.of("a note"))))
                    .html();
            assertThat(html)
                    .contains("<td>1 of 2 layers</td><td>differs</td>")
                    .contains("<td>55.0 % on average over the steps</td><td>as in the paper</td>")
                    .contains("<td>3 moments in 40 steps; chance alone would give about 0</td><td>as in the paper</td>")
                    .contains("a note")
                    .contains("id=\"balance\"", "id=\"layers\"", "id=\"cumulative\"", "id=\"helping\"", "id=\"units\"")
                    .contains("id=\"moments\"", "id=\"oscillation\"", "id=\"classes\"", "id=\"parts\"", "id=\"helped\"")
                    .doesNotContain("id=\"parameters\"")
                    .contains("<td>big &lt;b&gt;</td><td class=n>900</td><td class=n>-40</td><td class=n>1.333</td>");
        }
    }

    @Test
    void needsNothingElse() throws Exception {
        try (TableQuery query = TableQuery.open(export("run-1"))) {
            String html = Report.of(List.of(new Report.Source(query, "run-1", null, null, List.of())))
                    .html();
            assertThat(html.replace("http://www.w3.org/", "")).doesNotContain("http:", "https:", "<script", "<link");
            assertThat(html.split("<table>", -1)).hasSameSizeAs(html.split("<section|<h2>Beside", -1));
        }
    }

    @Test
    void setsTwoRunsSideBySide() throws Exception {
        Path export = export("run-1", "run-2");
        try (TableQuery first = TableQuery.open(export);
                TableQuery second = TableQuery.open(export)) {
            String html = Report.of(List.of(
                            new Report.Source(first, "run-1", digest(), null, List.of()),
                            new Report.Source(second, "run-2", null, null, List.of())))
                    .html();
            assertThat(html).contains("<h1>run-1 and run-2</h1>", "<h3>run-2</h3>", "Not measured.");
            String big = "<td>big &lt;b&gt;</td><td class=n>900</td><td class=n>%s</td>";
            assertThat(html).contains(big.formatted("-40"), big.formatted("-80"));
        }
    }

    @Test
    void writesPicturesOnDemand() throws Exception {
        try (TableQuery query = TableQuery.open(export("run-1"))) {
            int count = Report.of(List.of(new Report.Source(query, "run-1", digest(), null, List.of())))
                    .writePictures(folder.resolve("pictures"));
            try (Stream<Path> files = Files.list(folder.resolve("pictures"))) {
                assertThat(files).hasSize(2 * count);
            }
            assertThat(folder.resolve("pictures/run-1-layers-1.svg")).content().contains("<svg", "big &lt;b");
            assertThat(folder.resolve("pictures/run-1-layers-1.png")).isNotEmptyFile();
        }
    }

    @Test
    void namesARunWithoutSteps() throws Exception {
        try (TableQuery query = TableQuery.open(export("run-1"))) {
            assertThatThrownBy(() -> Report.digest(query, "other"))
                    .hasMessage("run: must have steps in the export. Found: none of other");
        }
    }

    private static ParameterDigest digest() {
        ParameterDigest digest = new ParameterDigest("train", "");
        for (int step = 0; step < STEPS; step++) {
            digest.add(ParameterRow.newBuilder()
                    .setObjective("train")
                    .setTensorName("0_W")
                    .setStep(step)
                    .addParameterLca(step % 2 == 0 ? -1 : 0.5 / (step + 1))
                    .build());
        }
        return digest;
    }

    private Path export(String... runs) throws Exception {
        Path target = folder.resolve("out.duckdb");
        try (TableExport export = TableExport.create(target, ExportFormat.DUCKDB, false)) {
            for (String run : runs) {
                export.add(RunManifest.newBuilder().setRun(run).setModel("two").build());
                for (int step = 0; step < STEPS; step++) {
                    export.add(StepRow.newBuilder()
                            .setRun(run)
                            .setStep(step)
                            .setObjective("train")
                            .setLossStart(100 - step * 0.75)
                            .setLossEnd(100 - (step + 1) * 0.75)
                            .setCumulativeLca(-(step + 1) * 0.75)
                            .setParameters(1_000)
                            .setHelpedShareOfNonzero(0.55)
                            .build());
                    layer(export, run, step, "big <b>", 0, 900, run.equals("run-2") ? -2 : -1, "train", "");
                    layer(export, run, step, "small", 1, 100, 0.25, "train", "");
                    layer(export, run, step, "small", 1, 100, 0.25, "train", "momentum");
                    layer(export, run, step, "small", 1, 100, 0.5, "class=1", "");
                }
                for (int step : new int[] {3, 9, 20}) {
                    export.add(MomentRow.newBuilder()
                            .setRun(run)
                            .setStep(step)
                            .setObjective("train")
                            .addLayers("small")
                            .setScore(3)
                            .setFalseAlarmRate(0.01)
                            .build());
                }
            }
            export.finish();
        }
        return target;
    }

    private static void layer(
            TableExport export,
            String run,
            int step,
            String layer,
            int index,
            int parameters,
            double lca,
            String objective,
            String part)
            throws Exception {
        export.add(LayerRow.newBuilder()
                .setRun(run)
                .setStep(step)
                .setObjective(objective)
                .setPart(part)
                .setLayer(layer)
                .setLayerIndex(index)
                .setParameters(parameters)
                .setLca(lca)
                .setCumulativeLca(lca * (step + 1))
                .setSignChanges(1)
                .build());
        export.add(UnitRow.newBuilder()
                .setRun(run)
                .setStep(step)
                .setObjective(objective)
                .setPart(part)
                .setLayer(layer)
                .setLayerIndex(index)
                .addUnitLca(lca)
                .addUnitLca(0)
                .build());
    }
}
