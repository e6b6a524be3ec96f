package io.lossledger.streams.alerts;

import com.google.protobuf.Timestamp;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.AlertBook;
import io.lossledger.streams.v1.AlertObjectiveOrBuilder;
import io.lossledger.streams.v1.OpenAlert;
import java.util.ArrayList;
import java.util.List;

/**
 * The alerts of a run at one step: which ones are open, and the rows that result from opening and closing them. Not
 * thread-safe.
 */
public final class Alerts {
    /** The subject of an alert; a field is empty if the rule does not use it. */
    public record Subject(String rule, String objective, String stratum, String layer) {
        static Subject of(String rule, AlertObjectiveOrBuilder objective) {
            return new Subject(rule, objective.getObjective(), objective.getStratum(), "");
        }

        Subject withLayer(String name) {
            return new Subject(rule, objective, stratum, name);
        }

        /** The objective's name for use in a sentence. */
        String objectiveName() {
            return stratum.isEmpty() ? objective : objective + " (" + stratum + ")";
        }
    }

    /** A value and the threshold it is compared with. */
    record Finding(double value, double threshold) {}

    private final AlertBook.Builder book;
    private final AlertRow at;
    private final List<Row> rows = new ArrayList<>();

    Alerts(AlertBook.Builder book, String run, int step, Timestamp time) {
        this.book = book;
        this.at = AlertRow.newBuilder().setRun(run).setStep(step).setTime(time).build();
    }

    List<Row> rows() {
        return rows;
    }

    boolean isOpen(Subject subject) {
        return indexOf(subject) >= 0;
    }

    /** Opens an alert unless it is already open. */
    void open(Subject subject, Finding finding, String message) {
        if (!isOpen(subject)) {
            OpenAlert alert = OpenAlert.newBuilder()
                    .setRule(subject.rule())
                    .setObjective(subject.objective())
                    .setStratum(subject.stratum())
                    .setLayer(subject.layer())
                    .setOpenedStep(at.getStep())
                    .build();
            book.addOpen(alert);
            write(AlertState.ALERT_STATE_OPENED, alert, finding, message);
        }
    }

    /** Closes an alert if it is open. */
    void close(Subject subject, Finding finding, String message) {
        int index = indexOf(subject);
        if (index >= 0) {
            write(AlertState.ALERT_STATE_CLOSED, book.getOpen(index), finding, message);
            book.removeOpen(index);
        }
    }

    void closeAll(String message) {
        for (OpenAlert alert : book.getOpenList()) {
            write(AlertState.ALERT_STATE_CLOSED, alert, new Finding(0, 0), message);
        }
        book.clearOpen();
    }

    private int indexOf(Subject subject) {
        for (int i = 0; i < book.getOpenCount(); i++) {
            OpenAlert alert = book.getOpen(i);
            if (alert.getRule().equals(subject.rule())
                    && alert.getObjective().equals(subject.objective())
                    && alert.getStratum().equals(subject.stratum())
                    && alert.getLayer().equals(subject.layer())) {
                return i;
            }
        }
        return -1;
    }

    private void write(AlertState state, OpenAlert alert, Finding finding, String message) {
        AlertRow row = at.toBuilder()
                .setRule(alert.getRule())
                .setState(state)
                .setObjective(alert.getObjective())
                .setStratum(alert.getStratum())
                .setLayer(alert.getLayer())
                .setOpenedStep(alert.getOpenedStep())
                .setValue(finding.value())
                .setThreshold(finding.threshold())
                .setMessage(message)
                .build();
        rows.add(new Row(LedgerTopic.ALERT, row));
    }
}
