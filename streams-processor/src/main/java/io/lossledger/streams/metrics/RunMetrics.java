package io.lossledger.streams.metrics;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.AlertState;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.MomentRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.UnitRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.streams.alerts.AlertRules;
import io.lossledger.streams.alerts.Alerts;
import io.lossledger.streams.books.RunFacts;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.OpenAlert;
import io.lossledger.streams.v1.RunBook;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;

/** The metrics of one run. They cover whole updates only; update parts are in the rows. Not thread-safe. */
final class RunMetrics {
    private static final double MILLIS = 1_000;

    private record ObjectiveKey(String name, String stratum) {}

    private final SeriesGroup series;
    private final SeriesBudget objectiveBudget;
    private final SeriesBudget layerBudget;
    private final Map<ObjectiveKey, ObjectiveMetrics> objectives = new HashMap<>();
    private final Set<ObjectiveKey> refused = new HashSet<>();
    private final Map<Alerts.Subject, Integer> countedAlerts = new HashMap<>();
    private @Nullable SeriesGroup info;
    private @Nullable RunFacts described;
    private TaskId task;
    private boolean ended;

    RunMetrics(
            MeterRegistry registry, String run, TaskId task, SeriesBudget objectiveBudget, SeriesBudget layerBudget) {
        this.series = new SeriesGroup(registry, Tags.of("run", run));
        this.task = task;
        this.objectiveBudget = objectiveBudget;
        this.layerBudget = layerBudget;
        for (String rule : AlertRules.NAMES) {
            series.with("rule", rule).add(LedgerMetric.ALERTS, 0);
        }
    }

    TaskId task() {
        return task;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Shows the books after an entry and its rows. */
    void enter(TaskId by, RunBook book, List<Row> rows) {
        task = by;
        ended = false;
        for (Row row : rows) {
            show(row.value());
        }
        series.set(LedgerMetric.RUN_ACTIVE, ended ? 0 : 1);
        series.raise(LedgerMetric.STEPS, book.getWholeRun().getSteps());
        series.raise(LedgerMetric.MISSING_STEPS, book.getWholeRun().getMissingSteps());
        for (ObjectiveBook objective : book.getWholeRun().getObjectivesList()) {
            ObjectiveMetrics known = objectives.get(new ObjectiveKey(objective.getName(), objective.getStratum()));
            if (known != null && objective.getPart().isEmpty()) {
                known.show(objective);
            }
        }
        for (String rule : AlertRules.NAMES) {
            int open = 0;
            for (OpenAlert alert : book.getAlerts().getOpenList()) {
                open += alert.getRule().equals(rule) ? 1 : 0;
            }
            series.with("rule", rule).set(LedgerMetric.OPEN_ALERTS, open);
        }
    }

    /** Shows the facts from the run's manifest. */
    void describe(RunFacts facts) {
        if (facts.equals(described)) {
            return; // trainers say it again and again, and a scrape must not meet a series that comes and goes
        }
        described = facts;
        if (info != null) {
            info.removeAll();
        }
        info = series.apart(
                "model",
                facts.model(),
                "data_set",
                facts.dataSet(),
                "optimizer",
                facts.optimizer(),
                "rule",
                facts.rule(),
                "status",
                facts.status());
        info.set(LedgerMetric.RUN_INFO, 1);
        series.set(LedgerMetric.RUN_START_TIMESTAMP, facts.started());
    }

    void removeAll() {
        series.removeAll();
        if (info != null) {
            info.removeAll();
        }
        objectives.values().forEach(ObjectiveMetrics::removeAll);
        objectiveBudget.release(objectives.size());
        objectives.clear();
    }

    private void show(Object row) {
        if (row instanceof StepRow step && step.getPart().isEmpty()) {
            showFacts(step);
            ObjectiveMetrics objective = objective(step.getObjective(), step.getStratum());
            if (objective != null) {
                objective.show(step);
            }
        } else if (row instanceof LayerRow layer && layer.getPart().isEmpty()) {
            ObjectiveMetrics objective = objective(layer.getObjective(), layer.getStratum());
            if (objective != null) {
                objective.show(layer);
            }
        } else if (row instanceof UnitRow units && units.getPart().isEmpty()) {
            ObjectiveMetrics objective = objective(units.getObjective(), units.getStratum());
            if (objective != null) {
                objective.show(units);
            }
        } else if (row instanceof MomentRow moment) {
            ObjectiveMetrics objective = objective(moment.getObjective(), moment.getStratum());
            if (objective != null) {
                objective.show(moment);
            }
        } else if (row instanceof AlertRow alert && alert.getState() == AlertState.ALERT_STATE_OPENED) {
            count(alert);
        } else if (row instanceof WindowRow window && window.getKind() == WindowKind.WINDOW_KIND_RUN) {
            ended = true;
        }
    }

    private void showFacts(StepRow step) {
        series.set(LedgerMetric.LAST_STEP_TIMESTAMP, Timestamps.toMillis(step.getTime()) / MILLIS);
        series.set(LedgerMetric.LEARNING_RATE, step.hasLearningRate(), step.getLearningRate());
        series.set(LedgerMetric.MINIBATCH_LOSS, step.hasMinibatchLoss(), step.getMinibatchLoss());
    }

    /** Alerts of one subject open at increasing steps; an older one was shown before a transaction was aborted. */
    private void count(AlertRow alert) {
        Alerts.Subject subject =
                new Alerts.Subject(alert.getRule(), alert.getObjective(), alert.getStratum(), alert.getLayer());
        Integer counted = countedAlerts.get(subject);
        if (counted == null || alert.getOpenedStep() > counted) {
            countedAlerts.put(subject, alert.getOpenedStep());
            series.with("rule", alert.getRule()).add(LedgerMetric.ALERTS, 1);
        }
    }

    /** Null when too many objectives have metrics already. */
    private @Nullable ObjectiveMetrics objective(String name, String stratum) {
        ObjectiveKey key = new ObjectiveKey(name, stratum);
        ObjectiveMetrics known = objectives.get(key);
        if (known != null || refused.contains(key)) {
            return known;
        }
        if (!objectiveBudget.take()) {
            refused.add(key);
            return null;
        }
        ObjectiveMetrics objective =
                new ObjectiveMetrics(series.apart("objective", name, "stratum", stratum), layerBudget);
        objectives.put(key, objective);
        return objective;
    }
}
