package io.lossledger.protocol.verdict;

import io.lossledger.lca.Balance;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.Verdict.State;
import java.util.List;

/**
 * The answers to the three questions about a run, or about any window of it: does it learn, who helps and who hurts, and
 * do the books balance? Terminal, page and report show these words. Immutable.
 */
public record RunVerdicts(Verdict learning, Verdict layers, Verdict balance) {
    private static final Verdict NO_STEPS = Verdict.open("No step was booked", "");

    /** The verdicts of a closing balance that is complete. */
    public static RunVerdicts of(ClosingRows closing, double tolerance) {
        return of(closing.model(), closing.layers(), tolerance);
    }

    /**
     * The verdicts of a window, such as a whole run that has ended.
     *
     * @param model the row of the whole model and whole update
     * @param layers the rows of its layers
     * @param tolerance share of what moved up to which the books balance
     */
    public static RunVerdicts of(WindowRow model, List<WindowRow> layers, double tolerance) {
        return model.getSteps() == 0
                ? new RunVerdicts(NO_STEPS, NO_STEPS, NO_STEPS)
                : new RunVerdicts(
                                learned(model),
                                LayerRanking.of(layers).verdict(),
                                balance(ClosingRows.balance(model, layers), model.getMissingSteps(), tolerance))
                        .consistent();
    }

    /**
     * The verdicts of a run that is still going on.
     *
     * @param model the sums since its start
     * @param layers the sums of the layers since its start
     */
    public static RunVerdicts soFar(WindowRow model, List<WindowRow> layers, RecentSteps recent, double tolerance) {
        return model.getSteps() == 0
                ? new RunVerdicts(NO_STEPS, NO_STEPS, NO_STEPS)
                : new RunVerdicts(
                                learning(model, recent),
                                LayerRanking.of(recent.layers()).verdict(recent.hurting(), recent.steps()),
                                balance(ClosingRows.balance(model, layers), model.getMissingSteps(), tolerance))
                        .consistent();
    }

    /** In the order of the questions. */
    public List<Verdict> all() {
        return List.of(learning, layers, balance);
    }

    /** What layers did in books that do not balance is not good news. */
    private RunVerdicts consistent() {
        return balance.state() == State.BAD && layers.state() == State.GOOD
                ? new RunVerdicts(learning, Verdict.open(layers.headline(), "in books that do not balance"), balance)
                : this;
    }

    private static Verdict learned(WindowRow model) {
        double start = model.getLossStart();
        double end = model.getLossEnd();
        boolean known = model.hasLossStart() && model.hasLossEnd();
        double change = known ? end - start : model.getLossChange();
        if (!Double.isFinite(change)) {
            return notFinite(known && Double.isFinite(start) ? end : known ? start : change);
        }
        String text = (known ? "loss " + Figures.change(start, end) : "loss change " + Figures.signed(change))
                + " over " + length(model);
        if (model.hasIntervalLow() && model.getIntervalLow() <= 0 && model.getIntervalHigh() >= 0) {
            return Verdict.open("Not clear", text + " is within the sampling error");
        }
        return change < 0 ? Verdict.good("Learned", text) : Verdict.bad("Did not learn", text);
    }

    /** A row is a segment, which may span several steps. */
    private static String length(WindowRow model) {
        long spanned = (long) model.getLastStep() - model.getFirstStep() + 1;
        return spanned <= model.getSteps()
                ? Figures.steps(model.getSteps())
                : model.getSteps() + " segments, up to step " + model.getLastStep();
    }

    private static Verdict learning(WindowRow model, RecentSteps recent) {
        if (!Double.isFinite(model.getLossEnd())) {
            return notFinite(model.getLossEnd());
        }
        String text = "loss " + Figures.change(model.getLossStart(), model.getLossEnd()) + "; "
                + Figures.signed(recent.lossChange()) + " over the last " + Figures.steps(recent.steps());
        return switch (recent.trend()) {
            case FALLS -> Verdict.good("Learning", text);
            case RISES -> Verdict.bad("Getting worse", text);
            case NONE -> Verdict.open("No clear trend", text);
        };
    }

    private static Verdict notFinite(double loss) {
        return Verdict.bad("Diverged", "the loss is " + Figures.number(loss));
    }

    private static Verdict balance(Balance balance, int missingSteps, double tolerance) {
        double share = balance.share();
        if (!Double.isFinite(share)) {
            return Verdict.bad(
                    "Not balanced",
                    "the residual is "
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
            return Verdict.bad("Not balanced", text);
        }
        return missingSteps == 0
                ? Verdict.good("Balanced", text)
                : Verdict.open("Balanced but for " + Figures.steps(missingSteps) + " missing", text);
    }
}
