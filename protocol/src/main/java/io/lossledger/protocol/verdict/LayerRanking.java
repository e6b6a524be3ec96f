package io.lossledger.protocol.verdict;

import io.lossledger.protocol.v1.WindowRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which layers of a window helped and hurt as a whole. Over a sampled objective, a layer hurts only if its 95 % interval
 * is above 0. Immutable.
 */
public final class LayerRanking {
    private static final int MOST_NAMED = 3;

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

    /** Of a window that is over. */
    Verdict verdict() {
        if (!isFinite()) {
            return notFinite();
        }
        String best = best("did most");
        Optional<WindowRow> worst = worst();
        if (worst.isPresent()) {
            long hurt = layers.stream().filter(LayerRanking::hurts).count();
            return Verdict.bad(
                    worst.get().getLayer() + (hurt == 1 ? " hurt" : " hurt most of " + hurt + " layers"),
                    "ΣLCA " + Figures.signed(worst.get().getLca()) + "; " + best + idle());
        }
        return best().isPresent()
                ? Verdict.good(best, "no layer hurt as a whole" + idle())
                : Verdict.open("No layer helped or hurt as a whole", "");
    }

    /**
     * Of the newest steps of a run that is still going on.
     *
     * @param hurting layers that hurt, by a test that allows for chance
     */
    Verdict verdict(List<String> hurting, long steps) {
        if (!isFinite()) {
            return notFinite();
        }
        String over = " over the last " + Figures.steps(steps);
        String best = best("does most");
        if (!hurting.isEmpty()) {
            String sums = layers.stream()
                    .filter(layer -> hurting.contains(layer.getLayer()))
                    .sorted(Comparator.comparingDouble(WindowRow::getLca).reversed())
                    .limit(MOST_NAMED)
                    .map(layer -> layer.getLayer() + " " + Figures.signed(layer.getLca()))
                    .collect(Collectors.joining(", "));
            String headline = hurting.size() == 1 ? hurting.get(0) + " hurts" : hurting.size() + " layers hurt";
            return Verdict.bad(headline, "LCA " + sums + over + "; " + best + idle());
        }
        return best().isPresent()
                ? Verdict.good(best, "no layer hurts" + over + idle())
                : Verdict.open("No layer helps or hurts" + over, "");
    }

    private String best(String most) {
        return best().map(layer ->
                        layer.getLayer() + " " + most + " (" + Figures.wholePercent(bestShare()) + " of the help)")
                .orElse("no layer helped as a whole");
    }

    /** Names the layers without any effect, such as frozen ones. */
    private String idle() {
        List<String> idle = layers.stream()
                .filter(layer -> layer.getLca() == 0)
                .map(WindowRow::getLayer)
                .toList();
        if (idle.isEmpty()) {
            return "";
        }
        String named = idle.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return "; no effect: " + named
                + (idle.size() > MOST_NAMED ? " and " + (idle.size() - MOST_NAMED) + " more" : "");
    }

    private Verdict notFinite() {
        WindowRow bad = layers.stream()
                .filter(layer -> !Double.isFinite(layer.getLca()))
                .findFirst()
                .orElseThrow();
        return Verdict.bad(bad.getLayer() + " is not finite", "its LCA is " + Figures.number(bad.getLca()));
    }

    private boolean isFinite() {
        return layers.stream().allMatch(layer -> Double.isFinite(layer.getLca()));
    }

    /** Whether a layer hurt as a whole; over a sampled objective, its 95 % interval must be above 0. */
    public static boolean hurts(WindowRow layer) {
        return layer.getLca() > 0 && !(layer.hasIntervalLow() && layer.getIntervalLow() <= 0);
    }
}
