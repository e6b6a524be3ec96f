package io.lossledger.streams.windows;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.SamplingError;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.Sums;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.WindowBook;
import java.util.ArrayList;
import java.util.List;

/** The rows of a window that has closed: for each objective the whole model, then its layers. Stateless. */
public final class WindowRows {
    /** A few draws say little about the size of the error: an interval over one step covers about 80 %, not 95 %. */
    private static final int LEAST_STEPS_OF_INTERVAL = 5;

    private WindowRows() {}

    /** A window over steps or time. */
    static List<Row> of(String run, WindowBook book) {
        WindowRow.Builder row = start(run, book)
                .setKind(book.getKind())
                .setWindow(book.getWindow())
                .setSize(book.getSize())
                .setHop(book.getHop());
        return rows(row.build(), book);
    }

    /** The closing balance of a run. */
    public static List<Row> ofRun(String run, WindowBook book, int outcome) {
        return rows(
                start(run, book)
                        .setKind(WindowKind.WINDOW_KIND_RUN)
                        .setOutcomeValue(outcome)
                        .build(),
                book);
    }

    private static WindowRow.Builder start(String run, WindowBook book) {
        WindowRow.Builder row = WindowRow.newBuilder()
                .setRun(run)
                .setFirstStep(book.getFirstStep())
                .setLastStep(book.getLastStep())
                .setSteps(book.getSteps())
                .setMissingSteps(book.getMissingSteps());
        if (book.getSteps() > 0) {
            row.setFirstTime(book.getFirstTime()).setLastTime(book.getLastTime());
        }
        return row;
    }

    private static List<Row> rows(WindowRow start, WindowBook book) {
        List<Row> rows = new ArrayList<>();
        if (book.getObjectivesCount() == 0) {
            rows.add(new Row(LedgerTopic.WINDOW, start)); // a run without steps has a closing balance, too
        }
        for (ObjectiveBook objective : book.getObjectivesList()) {
            WindowRow.Builder model = group(start, objective, objective.getModel());
            if (objective.getPart().isEmpty()) {
                model.setLossChange(objective.getLossChange());
                model.setResidual(objective.getLossChange() - model.getLca());
                if (objective.hasLossStart()) {
                    model.setLossStart(objective.getLossStart()).setLossEnd(objective.getLossEnd());
                }
            }
            rows.add(new Row(LedgerTopic.WINDOW, model.build()));
            for (GroupBook layer : objective.getLayersList()) {
                WindowRow.Builder row = group(start, objective, layer);
                row.setLayer(layer.getLayer()).setLayerIndex(layer.getLayerIndex());
                rows.add(new Row(LedgerTopic.WINDOW, row.build()));
            }
        }
        return rows;
    }

    private static WindowRow.Builder group(WindowRow start, ObjectiveBook objective, GroupBook group) {
        AllocationSums sums = Sums.fromMessage(group.getSums());
        WindowRow.Builder row = start.toBuilder()
                .setObjective(objective.getName())
                .setStratum(objective.getStratum())
                .setPart(objective.getPart())
                .setParameters(group.getParameters())
                .setLca(sums.sum())
                .setHelp(sums.help())
                .setHarm(sums.harm())
                .setHelpedParameters(sums.helped())
                .setHurtParameters(sums.hurt())
                .setZeroParameters(sums.zero())
                .setNonfiniteParameters(sums.nonFinite())
                .setHelpedShare(sums.helpedShare())
                .setHelpedShareOfNonzero(sums.helpedShareOfNonZero())
                .setHelpedStepShare((double) group.getHelpedSteps() / group.getSteps())
                .setSumOfSquares(sums.sumOfSquares())
                .setLargestHelp(sums.min())
                .setLargestHarm(sums.max());
        if (!Double.isNaN(group.getEstimate())) {
            row.setEstimate(group.getEstimate()).setAbsoluteEstimate(sums.absoluteEstimate());
        }
        if (group.hasSignChanges()) {
            row.setSignChanges(group.getSignChanges());
        }
        if (group.hasErrorSquares()) {
            SamplingError error = new SamplingError(group.getErrorSquares(), group.getErrorFourths());
            row.setStandardError(error.standardError());
            if (group.getSteps() >= LEAST_STEPS_OF_INTERVAL) {
                row.setIntervalLow(sums.sum() - error.halfWidth95());
                row.setIntervalHigh(sums.sum() + error.halfWidth95());
            }
        }
        return row;
    }
}
