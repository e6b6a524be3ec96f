package io.lossledger.analysis.report;

import io.lossledger.protocol.v1.ParameterRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Follows the parameters that helped most, those that hurt most and some that are drawn, through a second reading of the rows.
 * Not thread-safe.
 */
public final class ParameterTracks {
    private static final int EACH = 3;

    private final String objective;
    private final Map<ParameterDigest.Place, Track> tracks = new LinkedHashMap<>();

    /** Chooses the parameters by what the first reading has found. */
    public ParameterTracks(ParameterDigest digest) {
        this.objective = digest.objective();
        List<ParameterDigest.Total> totals = new ArrayList<>(digest.totals());
        totals.sort(Comparator.comparingDouble(ParameterDigest.Total::lca));
        int each = Math.min(EACH, totals.size() / 3);
        Random random = new Random(1);
        for (int i = 0; i < each; i++) {
            follow("helped most", totals.get(i));
        }
        for (int i = 0; i < each; i++) {
            follow("hurt most", totals.get(totals.size() - 1 - i));
        }
        for (int i = 0; i < each; i++) {
            follow("drawn", totals.get(random.nextInt(totals.size())));
        }
    }

    /** One parameter through the run. */
    record Track(String label, ParameterDigest.Total total, TreeMap<Integer, Double> lca) {
        /** Steps, and the LCA up to each. */
        double[][] cumulative() {
            double[][] line = new double[2][lca.size()];
            double sum = 0;
            int i = 0;
            for (Map.Entry<Integer, Double> step : lca.entrySet()) {
                sum += step.getValue();
                line[0][i] = step.getKey();
                line[1][i++] = sum;
            }
            return line;
        }
    }

    /** Adds a row of the second reading. */
    public void add(ParameterRow row) {
        if (!row.getObjective().equals(objective) || !row.getPart().isEmpty()) {
            return;
        }
        tracks.forEach((place, track) -> {
            int index = place.parameter() - (int) row.getOffset();
            if (place.tensor() == row.getTensor() && index >= 0 && index < row.getParameterLcaCount()) {
                track.lca().put(row.getStep(), row.getParameterLca(index));
            }
        });
    }

    boolean isEmpty() {
        return tracks.values().stream().allMatch(track -> track.lca().isEmpty());
    }

    List<Track> tracks() {
        return List.copyOf(tracks.values());
    }

    private void follow(String why, ParameterDigest.Total total) {
        tracks.putIfAbsent(total.place(), new Track(total.name() + ", " + why, total, new TreeMap<>()));
    }
}
