package io.lossledger.streams.alerts;

import com.google.protobuf.Timestamp;
import io.lossledger.lca.Balance;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.streams.alerts.Alerts.Finding;
import io.lossledger.streams.alerts.Alerts.Subject;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Gap;
import io.lossledger.streams.steps.Places;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.AlertBook;
import io.lossledger.streams.v1.AlertObjective;
import io.lossledger.streams.v1.AlertObjectiveOrBuilder;
import io.lossledger.streams.v1.ChunkPartial;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.RunBook;
import io.lossledger.streams.windows.WindowUpdater;
import java.util.List;
import java.util.Locale;

/**
 * The rules of {@code lossledger.alert}. An alert that one step can decide opens at that step; the others are decided
 * after each block of steps. All open alerts close with the run. Immutable.
 *
 * <table><caption>Rules</caption>
 * <tr><td>loss-not-finite</td><td>opens and closes at a step</td></tr>
 * <tr><td>cap-reached</td><td>opens at a step for which the producer wanted a finer rule than its cap allows; closes
 * after a block without one</td></tr>
 * <tr><td>steps-missing</td><td>opens at the step after a gap; closes after a block without one</td></tr>
 * <tr><td>residual</td><td>opens and closes after a block; also opens when the run ends and its closing balance is
 * off</td></tr>
 * <tr><td>trainer-warning</td><td>opens at a step with a warning of the trainer's; closes at one without</td></tr>
 * <tr><td>books-too-large</td><td>opens at a step that is refused because the run's books have no room for it</td></tr>
 * <tr><td>layer-hurts</td><td>see {@link LayerHurtsRule}</td></tr>
 * </table>
 */
public final class AlertRules {
    /** The names of all rules. */
    public static final List<String> NAMES = List.of(
            "layer-hurts",
            "residual",
            "cap-reached",
            "loss-not-finite",
            "steps-missing",
            "trainer-warning",
            "books-too-large");

    private static final String LOSS_NOT_FINITE = "loss-not-finite";
    private static final String CAP_REACHED = "cap-reached";
    private static final String RESIDUAL = "residual";
    private static final Subject STEPS_MISSING = new Subject("steps-missing", "", "", "");
    private static final Subject BOOKS_TOO_LARGE = new Subject("books-too-large", "", "", "");
    private static final Subject TRAINER_WARNING = new Subject("trainer-warning", "", "", "");

    private final int blockSteps;
    private final double residualTolerance;

    public AlertRules(int blockSteps, double residualTolerance) {
        this.blockSteps = blockSteps;
        this.residualTolerance = residualTolerance;
    }

    /** Applies the rules to a step. */
    public List<Row> enter(RunBook.Builder run, BalancedStep step, Gap gap) {
        AlertBook.Builder book = run.getAlertsBuilder();
        Alerts alerts = new Alerts(book, step.run(), step.step(), step.time());
        if (book.getSteps() == 0) {
            book.setFirstStep(step.step());
        }
        book.setSteps(book.getSteps() + 1);
        missing(book, gap, alerts);
        warn(step.facts().getWarning(), alerts);
        int expected = 0;
        for (BalancedStep.Objective objective : step.objectives()) {
            if (objective.isWholeUpdate()) {
                int place = place(book, expected, objective.facts());
                enter(book.getObjectivesBuilder(place), objective, alerts);
                expected = place + 1;
            }
        }
        if (book.getSteps() >= blockSteps) {
            judge(book, step.step(), alerts);
        }
        return alerts.rows();
    }

    /** Opens an alert for a step that was given up; it counts as missing once a later step is booked. */
    public static List<Row> expire(RunBook.Builder run, ChunkPartial newest, Gap gap) {
        Timestamp time = Timestamps.fromMillis(newest.getTimestampMillis());
        Alerts alerts = new Alerts(run.getAlertsBuilder(), newest.getRun(), newest.getStep(), time);
        alerts.open(
                STEPS_MISSING, new Finding(gap.steps(), 0), gap.message() + ", and too many later steps are waiting");
        return alerts.rows();
    }

    /** Opens an alert for a run whose books have become too large. */
    public static List<Row> refuse(RunBook.Builder run, BalancedStep step, int bytes, int maxBytes, String reason) {
        Alerts alerts = new Alerts(run.getAlertsBuilder(), step.run(), step.step(), step.time());
        alerts.open(BOOKS_TOO_LARGE, new Finding(bytes, maxBytes), "The run's " + reason);
        return alerts.rows();
    }

    /**
     * Checks the closing balance and closes all open alerts at the end of a run; {@code gap} holds the steps missing
     * there.
     */
    public List<Row> close(RunBook.Builder run, String name, Timestamp time, Gap gap) {
        AlertBook.Builder book = run.getAlertsBuilder();
        Alerts alerts = new Alerts(book, name, Math.max(0, gap.to() - 1), time);
        missing(book, gap, alerts);
        run.getWholeRun().getObjectivesList().forEach(objective -> judgeBalance(objective, alerts));
        alerts.closeAll("The run has ended");
        run.clearAlerts();
        return alerts.rows();
    }

    private static void warn(String warning, Alerts alerts) {
        if (warning.isEmpty()) {
            alerts.close(TRAINER_WARNING, new Finding(0, 0), "The trainer no longer reports a warning");
        } else {
            alerts.open(TRAINER_WARNING, new Finding(1, 0), warning);
        }
    }

    private static void missing(AlertBook.Builder book, Gap gap, Alerts alerts) {
        if (gap.steps() > 0) {
            book.setMissingSteps(book.getMissingSteps() + gap.steps());
            alerts.open(STEPS_MISSING, new Finding(gap.steps(), 0), gap.message());
        }
    }

    private static int place(AlertBook.Builder book, int expected, ObjectiveFacts facts) {
        int place = Places.find(expected, book.getObjectivesCount(), i -> isOf(book.getObjectivesOrBuilder(i), facts));
        if (place >= 0) {
            return place;
        }
        book.addObjectivesBuilder().setObjective(facts.getName()).setStratum(facts.getStratum());
        return book.getObjectivesCount() - 1;
    }

    private static boolean isOf(AlertObjectiveOrBuilder book, ObjectiveFacts facts) {
        return book.getObjective().equals(facts.getName()) && book.getStratum().equals(facts.getStratum());
    }

    private static void enter(AlertObjective.Builder book, BalancedStep.Objective objective, Alerts alerts) {
        double lossChange = objective.lossChange();
        double moved = 0;
        for (BalancedStep.Layer layer : objective.layers()) {
            moved += Math.abs(layer.sums().sum());
        }
        book.setResidual(book.getResidual() + (lossChange - objective.model().sum()));
        book.setMagnitude(book.getMagnitude() + Math.max(Math.abs(lossChange), moved));
        LayerHurtsRule.enter(book, objective.layers());

        Subject loss = Subject.of(LOSS_NOT_FINITE, book);
        double end = objective.facts().getLossEnd();
        double worst = Double.isFinite(end) ? objective.facts().getLossStart() : end;
        if (Double.isFinite(worst)) {
            alerts.close(
                    loss, new Finding(end, 0), "The loss of objective " + loss.objectiveName() + " is finite again");
        } else {
            alerts.open(loss, new Finding(worst, 0), "The loss of objective " + loss.objectiveName() + " is " + worst);
        }
        if (objective.capped()) {
            book.setCappedSteps(book.getCappedSteps() + 1);
            Subject cap = Subject.of(CAP_REACHED, book);
            alerts.open(
                    cap,
                    new Finding(1, 0),
                    "The producer wants a finer rule for objective " + cap.objectiveName() + " than its cap allows");
        }
    }

    private void judge(AlertBook.Builder book, int lastStep, Alerts alerts) {
        String steps = "steps " + book.getFirstStep() + " to " + lastStep;
        if (book.getMissingSteps() == 0) {
            alerts.close(STEPS_MISSING, new Finding(0, 0), "No step is missing among " + steps);
        }
        double threshold = LayerHurtsRule.threshold(book);
        for (AlertObjective.Builder objective : book.getObjectivesBuilderList()) {
            if (objective.getCappedSteps() == 0) {
                Subject cap = Subject.of(CAP_REACHED, objective);
                alerts.close(cap, new Finding(0, 0), "No step reached the cap in " + steps);
            }
            judgeResidual(objective, steps, alerts);
            LayerHurtsRule.judge(objective, threshold, book.getFirstStep(), lastStep, alerts);
            objective.clearCappedSteps().clearResidual().clearMagnitude();
        }
        book.clearSteps().clearMissingSteps();
    }

    /** Even if every block balances, or none is ever full, the run as a whole may not balance. */
    private void judgeBalance(ObjectiveBook book, Alerts alerts) {
        if (!book.getPart().isEmpty()) {
            return;
        }
        double share = WindowUpdater.balance(book).share();
        if (share > residualTolerance && Double.isFinite(share)) {
            Subject subject = new Subject(RESIDUAL, book.getName(), book.getStratum(), "");
            alerts.open(
                    subject,
                    new Finding(share, residualTolerance),
                    String.format(
                            Locale.ROOT,
                            "The closing balance of objective %s is off: the residual is %.3g %% of the net change of"
                                    + " the loss or the layers",
                            subject.objectiveName(),
                            100 * share));
        }
    }

    private void judgeResidual(AlertObjectiveOrBuilder book, String steps, Alerts alerts) {
        // Of every step, the magnitude holds the larger of what the loss and the layers moved.
        Balance balance = new Balance(book.getResidual(), 0, book.getMagnitude());
        double share = balance.share();
        if (book.getMagnitude() == 0 || !Double.isFinite(share)) {
            return; // nothing changed, or the loss is not finite, which has its own rule
        }
        Subject residual = Subject.of(RESIDUAL, book);
        Finding finding = new Finding(share, residualTolerance);
        String percent = String.format(Locale.ROOT, "%.3g %%", 100 * share);
        if (!balance.isWithin(residualTolerance)) {
            alerts.open(
                    residual,
                    finding,
                    "The books of objective " + residual.objectiveName() + " do not balance: over " + steps
                            + " the residual is " + percent + " of what the loss or the layers moved");
        } else {
            alerts.close(
                    residual,
                    finding,
                    "The books of objective " + residual.objectiveName() + " balance over " + steps
                            + ": the residual is " + percent);
        }
    }
}
