package io.lossledger.protocol.verdict;

import io.lossledger.protocol.v1.WindowRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which layers of a window helped and hurt as a whole. Over a sampled objective, a layer hurts only if its 95 % interval
 * is above 0. Immutable.
 */
public final class LayerRanking {
    private final List<WindowRow> layers;

    private LayerRanking(List<WindowRow> layers) {
        this.layers = layers;
    }

    public static LayerRanking of(List<WindowRow> layers) {
        List<WindowRow> ranked = new ArrayList<>(layers);
        ranked.sort(Comparator.comparingDouble(WindowRow::getLca));
        return new LayerRanking(ranked);
    }

    /** The layer that helped most; empty if none helped, or an LCA is not finite. */
    public Optional<WindowRow> best() {
        return isFinite() ? layers.stream().findFirst().filter(layer -> layer.getLca() < 0) : Optional.empty();
    }

    /** The layer that hurt most; empty if none hurt, or an LCA is not finite. */
    public Optional<WindowRow> worst() {
        return isFinite() ? layers.stream().filter(LayerRanking::hurts).reduce((less, more) -> more) : Optional.empty();
    }

    /** The share of the best layer in what all layers that helped did together, 0 to 1; 0 if none helped. */
    public double bestShare() {
        double help = layers.stream()
                .mapToDouble(layer -> Math.min(0, layer.getLca()))
                .sum();
        return best().map(layer -> layer.getLca() / help).orElse(0.0);
    }

    Verdict verdict() {
        if (!isFinite()) {
            WindowRow bad = layers.stream()
                    .filter(layer -> !Double.isFinite(layer.getLca()))
                    .findFirst()
                    .orElseThrow();
            return Verdict.bad(Figures.number(bad.getLca()) + ": the LCA of " + bad.getLayer() + " is not finite");
        }
        String best = best().map(
                        layer -> layer.getLayer() + " did most (" + Figures.wholePercent(bestShare()) + " of the help)")
                .orElse("no layer helped as a whole");
        Optional<WindowRow> worst = worst();
        if (worst.isPresent()) {
            long hurt = layers.stream().filter(LayerRanking::hurts).count();
            return Verdict.bad(worst.get().getLayer() + (hurt == 1 ? " hurt" : " hurt most of " + hurt + " layers")
                    + ": ΣLCA " + Figures.signed(worst.get().getLca()) + "; " + best);
        }
        return best().isPresent()
                ? Verdict.good(best + "; no layer hurt as a whole")
                : Verdict.open("No layer helped or hurt as a whole");
    }

    private boolean isFinite() {
        return layers.stream().allMatch(layer -> Double.isFinite(layer.getLca()));
    }

    private static boolean hurts(WindowRow layer) {
        return layer.getLca() > 0 && !(layer.hasIntervalLow() && layer.getIntervalLow() <= 0);
    }
}
