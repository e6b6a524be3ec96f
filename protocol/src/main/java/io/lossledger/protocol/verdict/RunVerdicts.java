package io.lossledger.protocol.verdict;

import io.lossledger.lca.Balance;
import io.lossledger.protocol.verdict.RunTotals.LayerTotal;
import io.lossledger.protocol.verdict.Verdict.State;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The verdicts on a run, in the words that page, report and terminal share. Stateless. */
public final class RunVerdicts {
    private static final int MOST_NAMED = 3;

    private RunVerdicts() {}

    /**
     * The three verdicts on a run: does it learn, which layers help and hurt, do the books balance.
     *
     * @param recent the newest steps of a run that is still going on; null: the run has ended
     * @param tolerance largest share of what moved that a residual may be
     */
    public static List<Verdict> of(RunTotals run, @Nullable RecentSteps recent, double tolerance) {
        Verdict balance = balance(run, tolerance);
        Verdict layers = recent == null ? layers(run) : layers(recent);
        if (balance.state() == State.BAD && layers.state() == State.GOOD) {
            layers = new Verdict(State.OPEN, layers.headline(), "in books that do not balance");
        }
        return List.of(recent == null ? learned(run) : learns(run, recent), layers, balance);
    }

    /** Whether an ended run learned. */
    private static Verdict learned(RunTotals run) {
        if (run.steps() == 0) {
            return new Verdict(State.OPEN, "No step is booked", "");
        }
        if (!Double.isFinite(run.lossEnd())) {
            return diverged(run);
        }
        String detail = losses(run) + " in " + steps(run.steps());
        return run.lossEnd() < run.lossStart()
                ? new Verdict(State.GOOD, "Learned", detail)
                : new Verdict(State.BAD, "Did not learn", detail);
    }

    /** Whether a run that is still going on learns, by the trend of its newest steps. */
    private static Verdict learns(RunTotals run, RecentSteps recent) {
        if (run.steps() == 0) {
            return new Verdict(State.OPEN, "No step is booked yet", "");
        }
        if (!Double.isFinite(run.lossEnd())) {
            return diverged(run);
        }
        String over = " over the last " + steps(recent.steps());
        String change = String.format(Locale.ROOT, "%+.3g", recent.lossChange());
        return switch (recent.trend()) {
            case FALLS -> new Verdict(State.GOOD, "Learning", losses(run) + ", " + change + over);
            case RISES -> new Verdict(State.BAD, "Getting worse", losses(run) + ", " + change + over);
            case NONE -> new Verdict(State.OPEN, "No clear trend", losses(run) + ", " + change + over);
        };
    }

    /** Who helped and who hurt over the whole of an ended run. */
    private static Verdict layers(RunTotals run) {
        List<String> hurting = run.layers().stream()
                .filter(layer -> layer.lca() > 0)
                .sorted(Comparator.comparingDouble(LayerTotal::lca).reversed())
                .map(LayerTotal::layer)
                .toList();
        return layers(run.layers(), hurting, "did most", "hurt", "no layer hurt as a whole", "");
    }

    /** Who helps and who hurts in a run that is still going on. */
    private static Verdict layers(RecentSteps recent) {
        String over = " over the last " + steps(recent.steps());
        return layers(recent.layers(), recent.hurting(), "does most", "hurts", "no layer hurts", over);
    }

    /** Whether the books balance. */
    private static Verdict balance(RunTotals run, double tolerance) {
        if (run.steps() == 0) {
            return new Verdict(State.OPEN, "Nothing to balance", "");
        }
        Balance balance = run.balance();
        if (Double.isNaN(balance.share())) {
            return new Verdict(State.BAD, "Not balanced", "the residual is not finite");
        }
        String detail = "residual " + percent(balance.share()) + " of what moved, tolerance " + percent(tolerance);
        if (!balance.isWithin(tolerance)) {
            return new Verdict(State.BAD, "Not balanced", detail);
        }
        if (run.missing() > 0) {
            return new Verdict(
                    State.OPEN,
                    "Balanced, but " + steps(run.missing()) + (run.missing() == 1 ? " is missing" : " are missing"),
                    detail);
        }
        return new Verdict(State.GOOD, "Balanced", detail);
    }

    private static Verdict diverged(RunTotals run) {
        return new Verdict(State.BAD, "Diverged", "the loss is " + run.lossEnd());
    }

    private static Verdict layers(
            List<LayerTotal> layers, List<String> hurting, String most, String hurts, String nobody, String over) {
        if (layers.isEmpty()) {
            return new Verdict(State.OPEN, "No layer is booked yet", "");
        }
        if (layers.stream().anyMatch(layer -> !Double.isFinite(layer.lca()))) {
            return new Verdict(
                    State.BAD, "Layers are not finite", named(layers, layer -> !Double.isFinite(layer.lca())));
        }
        String idle = named(layers, layer -> layer.lca() == 0);
        String rest = over + (idle.isEmpty() ? "" : "; no effect: " + idle);
        Optional<String> helper = helper(layers, most);
        if (!hurting.isEmpty()) {
            String headline = hurting.size() == 1
                    ? hurting.get(0) + " " + hurts
                    : hurting.size() + " layers " + (hurts.equals("hurts") ? "hurt" : hurts);
            String sums = layers.stream()
                    .filter(layer -> hurting.contains(layer.layer()))
                    .sorted(Comparator.comparingDouble(LayerTotal::lca).reversed())
                    .limit(MOST_NAMED)
                    .map(layer -> String.format(Locale.ROOT, "%s %+.3g", layer.layer(), layer.lca()))
                    .collect(Collectors.joining(", "));
            return new Verdict(
                    State.BAD,
                    headline,
                    "LCA " + sums + helper.map(text -> "; " + text).orElse("") + rest);
        }
        return helper.map(text -> new Verdict(State.GOOD, text, nobody + rest))
                .orElseGet(() -> new Verdict(State.OPEN, "No layer helped", nobody + rest));
    }

    /** The layer with the most negative LCA, and its share of all negative LCA. */
    private static Optional<String> helper(List<LayerTotal> layers, String most) {
        double help =
                layers.stream().mapToDouble(layer -> Math.min(0, layer.lca())).sum();
        return layers.stream()
                .filter(layer -> layer.lca() < 0)
                .min(Comparator.comparingDouble(LayerTotal::lca))
                .map(layer -> layer.layer() + " " + most
                        + String.format(Locale.ROOT, " (%.0f %%)", 100 * layer.lca() / help));
    }

    private static String named(List<LayerTotal> layers, Predicate<LayerTotal> which) {
        List<String> names =
                layers.stream().filter(which).map(LayerTotal::layer).toList();
        String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMED ? first : first + " and " + (names.size() - MOST_NAMED) + " more";
    }

    private static String losses(RunTotals run) {
        return String.format(Locale.ROOT, "loss %.4g → %.4g", run.lossStart(), run.lossEnd());
    }

    private static String steps(long steps) {
        return String.format(Locale.ROOT, "%,d %s", steps, steps == 1 ? "step" : "steps");
    }

    /** Two significant digits, without an exponent: 0.041 %, 21 %. */
    private static String percent(double share) {
        double percent = 100 * share;
        if (!(percent < 1e6)) {
            return String.format(Locale.ROOT, "%.1e %%", percent);
        }
        String text = new BigDecimal(percent)
                .round(new MathContext(2))
                .stripTrailingZeros()
                .toPlainString();
        return (percent != 0 && percent < 1e-4 ? "under 0.0001" : text) + " %";
    }
}
