package io.lossledger.analysis.report;

import io.lossledger.protocol.v1.ParameterRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows the parameters that helped most, those that hurt most and some random ones, in a second pass over the rows.
 * Not thread-safe.
 */
public final class ParameterTracks {
    private static final int EACH = 3;
    private static final int MOST_POINTS = 1_000;
    private static final String DRAWN = "drawn";

    private final ParameterDigest digest;
    private final Map<ParameterDigest.Place, Track> tracks = new LinkedHashMap<>();

    /** Chooses the parameters from the results of the first pass. */
    public ParameterTracks(ParameterDigest digest) {
        this.digest = digest;
        int each = (int) Math.min(EACH, digest.parameters() / 3);
        digest.first(each, 1).forEach(total -> follow("helped most", total));
        digest.first(each, -1).forEach(total -> follow("hurt most", total));
        digest.drawn(each).forEach(total -> follow(DRAWN, total));
    }

    /** One parameter over the run. */
    record Track(String label, ParameterDigest.Total total, TreeMap<Integer, Double> lca) {
        /** Whether it was chosen at random. */
        boolean isDrawn() {
            return label.endsWith(DRAWN);
        }

        /** Steps, about a thousand at most, and the LCA up to each. */
        double[][] cumulative() {
            List<double[]> points = new ArrayList<>();
            double sum = 0;
            int i = 0;
            int apart = Math.max(1, lca.size() / MOST_POINTS);
            for (Map.Entry<Integer, Double> step : lca.entrySet()) {
                sum += step.getValue();
                i++;
                if (i == 1 || i == lca.size() || i % apart == 0) {
                    points.add(new double[] {step.getKey(), sum});
                }
            }
            return new double[][] {
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray()
            };
        }
    }

    /** Adds a row of the second pass. */
    public void add(ParameterRow row) {
        if (!digest.isWanted(row)) {
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
