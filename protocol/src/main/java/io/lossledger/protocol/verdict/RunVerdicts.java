package io.lossledger.protocol.verdict;

import io.lossledger.lca.Balance;
import io.lossledger.protocol.v1.WindowRow;
import java.util.List;

/**
 * The answers to the three questions about a run, or about any window of it: does it learn, who helps and who hurts, and
 * do the books balance? Immutable.
 */
public record RunVerdicts(Verdict learning, Verdict layers, Verdict balance) {
    private static final Verdict NO_STEPS = Verdict.open("No step was booked");

    /** The verdicts of a closing balance that is complete. */
    public static RunVerdicts of(ClosingRows closing, double tolerance) {
        return of(closing.model(), closing.layers(), tolerance);
    }

    /**
     * The verdicts of a window.
     *
     * @param model the row of the whole model and whole update
     * @param layers the rows of its layers
     * @param tolerance share of what moved up to which the books balance
     */
    public static RunVerdicts of(WindowRow model, List<WindowRow> layers, double tolerance) {
        return model.getSteps() == 0
                ? new RunVerdicts(NO_STEPS, NO_STEPS, NO_STEPS)
                : new RunVerdicts(
                        learning(model),
                        LayerRanking.of(layers).verdict(),
                        balance(ClosingRows.balance(model, layers), model.getMissingSteps(), tolerance));
    }

    /** In the order of the questions. */
    public List<Verdict> all() {
        return List.of(learning, layers, balance);
    }

    private static Verdict learning(WindowRow model) {
        double start = model.getLossStart();
        double end = model.getLossEnd();
        boolean known = model.hasLossStart() && model.hasLossEnd();
        double change = known ? end - start : model.getLossChange();
        if (!Double.isFinite(change)) {
            double shown = known && Double.isFinite(start) ? end : known ? start : change;
            return Verdict.bad(Figures.number(shown) + ": the loss is not finite");
        }
        String text = (known ? "loss " + Figures.change(start, end) : "loss change " + Figures.signed(change))
                + " over " + Figures.steps(model.getSteps());
        if (model.hasIntervalLow() && model.getIntervalLow() <= 0 && model.getIntervalHigh() >= 0) {
            return Verdict.open("Not clear: " + text + " is within the sampling error");
        }
        return change < 0 ? Verdict.good("Learned: " + text) : Verdict.bad("Did not learn: " + text);
    }

    private static Verdict balance(Balance balance, int missingSteps, double tolerance) {
        double share = balance.share();
        if (!Double.isFinite(share)) {
            return Verdict.bad("Not balanced: the residual is "
                    + (Double.isNaN(share)
                            ? "not finite"
                            : Figures.signed(balance.residual()) + ", but nothing moved"));
        }
        boolean balanced = balance.isWithin(tolerance);
        String limit = Figures.percent(tolerance);
        String shown = Figures.percent(share);
        String text = "residual " + (!balanced && shown.equals(limit) ? "just above " : "") + shown
                + " of what moved, tolerance " + limit;
        if (!balanced) {
            return Verdict.bad("Not balanced: " + text);
        }
        return missingSteps == 0
                ? Verdict.good("Balanced: " + text)
                : Verdict.open(Figures.steps(missingSteps) + " missing; the others balance: " + text);
    }
}
