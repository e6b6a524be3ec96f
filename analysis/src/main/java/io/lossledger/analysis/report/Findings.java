package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Html;
import io.lossledger.analysis.report.picture.Stats;
import io.lossledger.analysis.report.picture.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the paper found in its networks, and what this run shows.
 *
 * <p>Source: Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", NeurIPS 2019, sections 3 and 4.
 */
final class Findings {
    private static final String AS = "as in the paper";
    private static final String DIFFERS = "differs";
    private static final String UNKNOWN = "unknown: not finite";
    private static final int MUCH = 10;
    private static final double DEVIATIONS = 3;

    private final RunData run;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    private Findings(RunData run) {
        this.run = run;
    }

    static Table of(RunData run) {
        Findings findings = new Findings(run);
        findings.helping();
        findings.parameters();
        findings.layers();
        findings.tail();
        findings.moments();
        return new Table(List.of("in the paper", "in this run", ""), findings.rows);
    }

    private void helping() {
        double mean =
                run.ask("SELECT avg(helped_share_of_nonzero) AS mean FROM s").number("mean");
        add(
                "Just over half of the parameters that matter help in a step.",
                Html.percent(mean) + " on average over the steps",
                mean > 0.5 && mean < 0.6,
                mean);
    }

    private void parameters() {
        run.parameters().ifPresent(digest -> {
            double[] shares = digest.shares();
            Arrays.sort(shares);
            double low = Stats.quantile(shares, 0.05);
            double high = Stats.quantile(shares, 0.95);
            add(
                    "A parameter helps in about half of its steps.",
                    Html.percent(Stats.mean(shares)) + " on average; nine of ten parameters from " + Html.percent(low)
                            + " to " + Html.percent(high),
                    low > 0.3 && high < 0.7);
        });
    }

    private void layers() {
        Table layers = run.ask("SELECT layer, sum(lca) AS lca, any_value(parameters) AS parameters FROM l"
                + " GROUP BY layer, layer_index ORDER BY layer_index");
        double[] lca = layers.numbers("lca");
        double[] parameters = layers.numbers("parameters");
        long helped = Arrays.stream(lca).filter(x -> x < 0).count();
        add(
                "Every layer learns: its LCA over the run is negative.",
                helped + " of " + lca.length + " layers",
                helped == lca.length,
                lca);
        double all = Arrays.stream(lca).sum();
        double most = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < lca.length; i++) {
            double ratio =
                    lca[i] / all / (parameters[i] / Arrays.stream(parameters).sum());
            most = Math.max(most, ratio); // NaN stays
            least = Math.min(least, ratio);
        }
        add(
                "A layer learns roughly in proportion to its parameters (here: within a factor of " + MUCH + ").",
                "share of the LCA by share of the parameters: " + Html.number(least) + " to " + Html.number(most),
                least >= 1.0 / MUCH && most <= MUCH,
                least,
                most);
    }

    private void tail() {
        run.parameters().filter(digest -> digest.sample().length > 1).ifPresent(digest -> {
            double shape = Weibull.fit(digest.sample()).shape();
            add(
                    "Single allocations have a heavy tail: a double Weibull distribution with a shape below 1.",
                    "shape " + Html.number(shape),
                    shape < 1);
        });
    }

    private void moments() {
        Table found = run.ask(
                "SELECT (SELECT count(*) FROM m) AS moments, (SELECT any_value(false_alarm_rate) FROM m) AS rate,"
                        + " (SELECT count(*) FROM s) AS steps");
        double moments = found.number("moments");
        double rate = found.number("rate");
        double steps = found.number("steps");
        if (moments == 0) {
            add(
                    "Layers learn at the same moments, beyond chance.",
                    "no moment in " + Html.number(steps) + " steps",
                    false);
            return;
        }
        add(
                "Layers learn at the same moments, beyond chance.",
                Html.number(moments) + " moments in " + Html.number(steps) + " steps; chance alone would give about "
                        + Html.number(Math.round(rate * steps)),
                moments > rate * steps + DEVIATIONS * Math.sqrt(rate * steps));
    }

    /** @param numbers the numbers behind the answer */
    private void add(String paper, String here, boolean same, double... numbers) {
        boolean known = Arrays.stream(numbers).allMatch(Double::isFinite);
        rows.add(List.of(paper, here, !known ? UNKNOWN : same ? AS : DIFFERS));
    }
}
