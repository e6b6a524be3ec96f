package io.lossledger.analysis.report;

import com.google.protobuf.Message;
import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.TableExport;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs of two layers with 900 and 100 parameters, in which the small one hurts, in an export. Not thread-safe. */
final class ReportedRun {
    /** Measures the trajectory of {@code run-1}. */
    static final String ASKED = "run-1-asked";

    static final int STEPS = 40;

    private final Path folder;
    private final List<Message> rows = new ArrayList<>();

    ReportedRun(Path folder) {
        this.folder = folder;
    }

    /** The rows that were exported, in their order. */
    List<Message> rows() {
        return rows;
    }

    /** Exports runs; may be called once. */
    Path export(String... runs) throws Exception {
        Path target = folder.resolve("out.duckdb");
        try (TableExport export = TableExport.create(target, ExportFormat.DUCKDB, false)) {
            for (String run : runs) {
                RunManifest.Builder manifest =
                        RunManifest.newBuilder().setRun(run).setModel("two");
                if (run.equals(ASKED)) {
                    manifest.getTrajectoryBuilder().setRecordedRun("run-1");
                }
                add(export, manifest.build());
                for (int step = 0; step < STEPS; step++) {
                    add(
                            export,
                            StepRow.newBuilder()
                                    .setRun(run)
                                    .setStep(step)
                                    .setObjective("train")
                                    .setLossStart(100 - step * 0.75)
                                    .setLossEnd(100 - (step + 1) * 0.75)
                                    .setCumulativeLca(-(step + 1) * 0.75)
                                    .setCumulativeLossChange(-(step + 1) * 0.75)
                                    .setStepsBooked(step + 1)
                                    .setParameters(1_000)
                                    .setHelpedShareOfNonzero(0.55)
                                    .build());
                    layer(export, run, step, "big <b>", 0, 900, run.equals("run-2") ? -2 : -1, "train", "");
                    layer(export, run, step, "small", 1, 100, 0.25, "train", "");
                    layer(export, run, step, "small", 1, 100, 0.25, "train", "momentum");
                    layer(export, run, step, "small", 1, 100, 0.5, "class=1", "");
                }
                for (int step : new int[] {3, 9, 20}) {
                    add(
                            export,
                            MomentRow.newBuilder()
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

    private void add(TableExport export, Message row) throws IOException {
        rows.add(row);
        export.add(row);
    }

    private void layer(
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
        add(
                export,
                LayerRow.newBuilder()
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
        add(
                export,
                UnitRow.newBuilder()
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
