package io.lossledger.tests;

import io.lossledger.analysis.ExportFormat;
import io.lossledger.analysis.LedgerTable;
import io.lossledger.analysis.RawExport;
import io.lossledger.analysis.RunRows;
import io.lossledger.analysis.TableExport;
import io.lossledger.analysis.TableQuery;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.v1.LayerRow;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run as files, and as its rows say. */
final class ExportedRun {
    private ExportedRun() {}

    /** Exports the vectors of a run and returns how many there are. */
    static long arrays(String bootstrapServers, String run, Path target) throws Exception {
        try (LedgerReader reader = reader(bootstrapServers)) {
            return RawExport.export(reader, run, target, false, () -> {}).arrays();
        }
    }

    /** Exports the tables of a run. */
    static void tables(String bootstrapServers, String run, Path target) throws Exception {
        try (LedgerReader reader = reader(bootstrapServers);
                TableExport export = TableExport.create(target, ExportFormat.DUCKDB, false)) {
            new RunRows(reader, reader.runs())
                    .export(run, EnumSet.complementOf(EnumSet.of(LedgerTable.PARAMETERS)), export, () -> {});
            export.finish();
        }
    }

    /** The LCA of each layer over a run, as an export says. */
    static Map<String, Double> layers(Path export) throws Exception {
        Map<String, Double> layers = new TreeMap<>();
        try (TableQuery query = TableQuery.open(export)) {
            query.ask("SELECT layer, sum(lca) FROM layers WHERE part = '' GROUP BY layer", new TableQuery.Answer() {
                @Override
                public void columns(List<String> names) {}

                @Override
                public void row(List<@Nullable Object> values) {
                    layers.put(String.valueOf(values.get(0)), (Double) values.get(1));
                }
            });
        }
        return layers;
    }

    /** The same as the rows of the topic say. */
    static double rows(String bootstrapServers, String run, String layer) {
        double[] sum = {0};
        try (LedgerReader reader = reader(bootstrapServers)) {
            reader.read(LayerRow.class, run, row -> {
                if (row.getPart().isEmpty() && row.getLayer().equals(layer)) {
                    sum[0] += row.getLca();
                }
            });
        }
        return sum[0];
    }

    private static LedgerReader reader(String bootstrapServers) {
        return LedgerReader.connect(Map.of("bootstrap.servers", bootstrapServers), "lossledger.");
    }
}
