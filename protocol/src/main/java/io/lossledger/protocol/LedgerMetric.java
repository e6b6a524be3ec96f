package io.lossledger.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The catalogue of metrics: for each its name in Prometheus, type, unit, tags, source and meaning. LCA has a sign, so
 * it is always a gauge; counters count magnitudes. A value that does not exist or is not finite has no sample.
 * Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker") // lists made by List.of
public enum LedgerMetric {
    RUN_INFO(
            "lossledger_run_info",
            Type.INFO,
            "",
            Scope.RUN,
            "1, with facts from the run's manifest as tags",
            "model",
            "data_set",
            "optimizer",
            "rule",
            "status"),
    RUN_ACTIVE("lossledger_run_active", Type.GAUGE, "", Scope.RUN, "1 while the run is active, 0 once it has ended"),
    RUN_START_TIMESTAMP(
            "lossledger_run_start_timestamp_seconds",
            Type.GAUGE,
            "seconds",
            Scope.RUN,
            "Unix time at which the run started, from its manifest"),
    LAST_STEP_TIMESTAMP(
            "lossledger_last_step_timestamp_seconds",
            Type.GAUGE,
            "seconds",
            Scope.RUN,
            "Unix time of the newest booked step, by the trainer's clock"),
    STEPS("lossledger_steps_total", Type.COUNTER, "steps", Scope.RUN, "Steps booked since the start of the run"),
    MISSING_STEPS(
            "lossledger_missing_steps_total",
            Type.COUNTER,
            "steps",
            Scope.RUN,
            "Steps missing since the start of the run: never arrived, incomplete, or not bookable"),
    LEARNING_RATE("lossledger_learning_rate", Type.GAUGE, "", Scope.RUN, "Learning rate of the newest step"),
    MINIBATCH_LOSS(
            "lossledger_minibatch_loss", Type.GAUGE, "loss", Scope.RUN, "Loss of the newest step's own minibatch"),
    OPEN_ALERTS("lossledger_open_alerts", Type.GAUGE, "alerts", Scope.RUN, "Open alerts", "rule"),
    ALERTS(
            "lossledger_alerts_total",
            Type.COUNTER,
            "alerts",
            Scope.RUN,
            "Alerts that have opened since this processor took the run over",
            "rule"),

    STEP("lossledger_step", Type.GAUGE, "steps", Scope.OBJECTIVE, "Number of the newest booked step, from 0"),
    LOSS("lossledger_loss", Type.GAUGE, "loss", Scope.OBJECTIVE, "Loss after the newest step"),
    LOSS_CHANGE("lossledger_loss_change", Type.GAUGE, "loss", Scope.OBJECTIVE, "True loss change of the newest step"),
    LCA(
            "lossledger_lca",
            Type.GAUGE,
            "loss",
            Scope.OBJECTIVE,
            "Loss change of the newest step that is allocated to parameters; negative: it helped"),
    RESIDUAL(
            "lossledger_residual",
            Type.GAUGE,
            "loss",
            Scope.OBJECTIVE,
            "Loss change minus LCA of the newest step: 0 when the books balance"),
    CUMULATIVE_LOSS_CHANGE(
            "lossledger_cumulative_loss_change",
            Type.GAUGE,
            "loss",
            Scope.OBJECTIVE,
            "Loss change since the start of the run"),
    CUMULATIVE_LCA("lossledger_cumulative_lca", Type.GAUGE, "loss", Scope.OBJECTIVE, "LCA since the start of the run"),
    CUMULATIVE_RESIDUAL(
            "lossledger_cumulative_residual",
            Type.GAUGE,
            "loss",
            Scope.OBJECTIVE,
            "Cumulative loss change minus cumulative LCA"),
    RELATIVE_RESIDUAL(
            "lossledger_relative_residual",
            Type.GAUGE,
            "ratio",
            Scope.OBJECTIVE,
            "Cumulative residual divided by the magnitude of the cumulative loss change"),
    RESIDUAL_SHARE(
            "lossledger_residual_share",
            Type.GAUGE,
            "ratio",
            Scope.OBJECTIVE,
            "Magnitude of the cumulative residual as a share of what the loss or the layers moved, whichever is more;"
                    + " above the tolerance, the books do not balance"),
    MAGNITUDE(
            "lossledger_magnitude_total",
            Type.COUNTER,
            "loss",
            Scope.OBJECTIVE,
            "Magnitude of the LCA of the parameters that helped, or hurt, since the start of the run",
            "direction"),
    HELPED_SHARE(
            "lossledger_helped_share",
            Type.GAUGE,
            "ratio",
            Scope.OBJECTIVE,
            "Share of all parameters that helped in the newest step"),
    HELPED_SHARE_OF_NONZERO(
            "lossledger_helped_share_of_nonzero",
            Type.GAUGE,
            "ratio",
            Scope.OBJECTIVE,
            "Share of the parameters with non-zero LCA that helped in the newest step"),
    CHURN(
            "lossledger_churn",
            Type.GAUGE,
            "ratio",
            Scope.OBJECTIVE,
            "Sum of |LCA| over the parameters divided by |loss change|, in the newest step"),
    SPLITS("lossledger_splits", Type.GAUGE, "splits", Scope.OBJECTIVE, "Splits of the newest step's segment"),
    CAPPED_STEPS(
            "lossledger_capped_steps_total",
            Type.COUNTER,
            "steps",
            Scope.OBJECTIVE,
            "Steps that needed a finer rule than the cap allows, since this processor took the run over"),
    MOMENTS(
            "lossledger_moments_total",
            Type.COUNTER,
            "moments",
            Scope.OBJECTIVE,
            "Steps at which more layers learn most than chance explains, since this processor took the run over"),

    LAYER_LCA("lossledger_layer_lca", Type.GAUGE, "loss", Scope.LAYER, "LCA of the layer in the newest step"),
    LAYER_CUMULATIVE_LCA(
            "lossledger_layer_cumulative_lca",
            Type.GAUGE,
            "loss",
            Scope.LAYER,
            "LCA of the layer since the start of the run"),
    LAYER_MAGNITUDE(
            "lossledger_layer_magnitude_total",
            Type.COUNTER,
            "loss",
            Scope.LAYER,
            "Magnitude of the LCA of the layer's parameters that helped, or hurt, since the start of the run",
            "direction"),
    LAYER_HELPED_SHARE(
            "lossledger_layer_helped_share",
            Type.GAUGE,
            "ratio",
            Scope.LAYER,
            "Share of the layer's parameters that helped in the newest step"),
    LAYER_HELPED_SHARE_OF_NONZERO(
            "lossledger_layer_helped_share_of_nonzero",
            Type.GAUGE,
            "ratio",
            Scope.LAYER,
            "Share of the layer's parameters with non-zero LCA that helped in the newest step"),
    LAYER_GINI_OF_HELP(
            "lossledger_layer_gini_of_help",
            Type.GAUGE,
            "ratio",
            Scope.LAYER,
            "Gini coefficient of help over the layer's units in the newest step; 0: all equal"),
    LAYER_TOP_PERCENT_SHARE(
            "lossledger_layer_top_percent_share",
            Type.GAUGE,
            "ratio",
            Scope.LAYER,
            "Share of the layer's help from its top 1 % of units in the newest step"),
    LAYER_GRADIENT_NORM(
            "lossledger_layer_gradient_norm",
            Type.GAUGE,
            "",
            Scope.LAYER,
            "Norm of the layer's gradient, averaged over the newest step"),
    LAYER_UPDATE_NORM(
            "lossledger_layer_update_norm",
            Type.GAUGE,
            "",
            Scope.LAYER,
            "Norm of the layer's update in the newest step"),
    LAYER_COSINE(
            "lossledger_layer_cosine",
            Type.GAUGE,
            "",
            Scope.LAYER,
            "Cosine between the layer's averaged gradient and its update in the newest step; -1: straight downhill"),
    LAYER_SIGN_CHANGES(
            "lossledger_layer_sign_changes_total",
            Type.COUNTER,
            "changes",
            Scope.LAYER,
            "Sign changes of the LCA of the layer's units since the start of the run"),
    LAYER_MOMENTS(
            "lossledger_layer_moments_total",
            Type.COUNTER,
            "moments",
            Scope.LAYER,
            "Moments at which the layer learns most, since this processor took the run over"),
    LAYER_PARAMETERS("lossledger_layer_parameters", Type.GAUGE, "parameters", Scope.LAYER, "Parameters in the layer"),
    LAYER_UNIT_LCA(
            "lossledger_layer_unit_lca",
            Type.GAUGE,
            "loss",
            Scope.LAYER,
            "Percentiles of the LCA of the layer's units in the newest step: 0, 5, 25, 50, 75, 95, 100",
            "percentile"),

    PROCESSOR_LATENCY(
            "lossledger_processor_latency_seconds",
            Type.TIMER,
            "seconds",
            Scope.PROCESSOR,
            "Time from a step's newest record until its rows are written, before the commit"),
    PROCESSOR_DUPLICATE_CHUNKS(
            "lossledger_processor_duplicate_chunks_total",
            Type.COUNTER,
            "chunks",
            Scope.PROCESSOR,
            "Chunks that arrived a second time and were skipped"),
    PROCESSOR_DEAD_LETTERS(
            "lossledger_processor_dead_letters_total",
            Type.COUNTER,
            "records",
            Scope.PROCESSOR,
            "Records rejected to lossledger.rejected",
            "reason"),
    PROCESSOR_STALLED(
            "lossledger_processor_stalled_seconds",
            Type.GAUGE,
            "seconds",
            Scope.PROCESSOR,
            "Time for which records have waited and nothing was committed; 0 when none wait"),
    PROCESSOR_DROPPED(
            "lossledger_processor_unmetered_total",
            Type.COUNTER,
            "",
            Scope.PROCESSOR,
            "Runs, objectives and layers without metrics because there are too many",
            "of"),

    PRODUCER_QUEUE_STEPS(
            "lossledger_producer_queue_steps", Type.GAUGE, "steps", Scope.TRAINER, "Segments that wait to be measured"),
    PRODUCER_GRADIENT(
            "lossledger_producer_gradient_seconds", Type.TIMER, "seconds", Scope.TRAINER, "Evaluation of a gradient"),
    PRODUCER_WAITED(
            "lossledger_producer_waited_seconds_total",
            Type.COUNTER,
            "seconds",
            Scope.TRAINER,
            "Time that training has waited for measuring to keep up"),
    PRODUCER_STEPS_MEASURED(
            "lossledger_producer_steps_measured_total", Type.COUNTER, "steps", Scope.TRAINER, "Segments measured"),
    PRODUCER_STEPS_SENT(
            "lossledger_producer_steps_sent_total",
            Type.COUNTER,
            "steps",
            Scope.TRAINER,
            "Segments handed over to Kafka's producer"),
    PRODUCER_STEPS_SKIPPED(
            "lossledger_producer_steps_skipped_total",
            Type.COUNTER,
            "steps",
            Scope.TRAINER,
            "Steps trained but not sent",
            "reason"),
    PRODUCER_FAILED_RECORDS(
            "lossledger_producer_failed_records_total",
            Type.COUNTER,
            "records",
            Scope.TRAINER,
            "Records that Kafka did not accept"),
    PRODUCER_UNSENT_BYTES(
            "lossledger_producer_unsent_bytes",
            Type.GAUGE,
            "bytes",
            Scope.TRAINER,
            "Bytes handed over to Kafka's producer and not acknowledged yet"),
    PRODUCER_STALLED(
            "lossledger_producer_stalled_seconds",
            Type.GAUGE,
            "seconds",
            Scope.TRAINER,
            "Time for which records have waited and Kafka has acknowledged none; 0 when none wait"),

    WORKER_SEGMENTS(
            "lossledger_worker_segments_total",
            Type.COUNTER,
            "segments",
            Scope.WORKER,
            "Segments of recorded trajectories measured and written"),
    WORKER_LOST_STEPS(
            "lossledger_worker_lost_steps_total",
            Type.COUNTER,
            "steps",
            Scope.WORKER,
            "Steps of recorded trajectories that could not be measured, or of which no points came"),
    WORKER_INVALID_POINTS(
            "lossledger_worker_invalid_points_total",
            Type.COUNTER,
            "records",
            Scope.WORKER,
            "Records of the trajectory topic that break the contract"),
    WORKER_BACKLOG_STEPS(
            "lossledger_worker_backlog_steps",
            Type.GAUGE,
            "steps",
            Scope.WORKER,
            "About how many recorded steps in the worker's partitions are not measured yet"),
    WORKER_BACKLOG_AGE(
            "lossledger_worker_backlog_age_seconds",
            Type.GAUGE,
            "seconds",
            Scope.WORKER,
            "How long the oldest recorded step of the worker's partitions has waited; 0 when none waits");

    /** The type of a metric. */
    public enum Type {
        GAUGE,
        /** A gauge that is 1, for its tags. */
        INFO,
        /** Never decreases, but restarts with its process. */
        COUNTER,
        /** Count and duration; a histogram if it has buckets. */
        TIMER
    }

    /** The subject of a metric, which determines its first tags. */
    public enum Scope {
        PROCESSOR,
        RUN("run"),
        OBJECTIVE("run", "objective", "stratum"),
        LAYER("run", "objective", "stratum", "layer", "layer_index"),
        TRAINER("run"),
        WORKER;

        private final List<String> tags;

        Scope(String... tags) {
            this.tags = List.of(tags);
        }

        /** The names of the tags. */
        public List<String> tags() {
            return tags;
        }
    }

    private final String prometheusName;
    private final Type type;
    private final String unit;
    private final Scope scope;
    private final String help;
    private final List<String> tags;

    LedgerMetric(String prometheusName, Type type, String unit, Scope scope, String help, String... more) {
        this.prometheusName = prometheusName;
        this.type = type;
        this.unit = unit;
        this.scope = scope;
        this.help = help;
        List<String> all = new ArrayList<>(scope.tags());
        all.addAll(List.of(more));
        this.tags = List.copyOf(all);
    }

    /** The name in Prometheus; a timer's samples append {@code _count}, {@code _sum} and so on. */
    public String prometheusName() {
        return prometheusName;
    }

    /** The name of the meter in Micrometer, which each registry converts to its own convention. */
    public String meterName() {
        String dotted = prometheusName.replace('_', '.');
        return switch (type) {
            case GAUGE, INFO -> dotted;
            case COUNTER -> without(dotted, ".total");
            case TIMER -> without(dotted, ".seconds");
        };
    }

    public Type type() {
        return type;
    }

    /** The unit; empty for plain numbers. */
    public String unit() {
        return unit;
    }

    public Scope scope() {
        return scope;
    }

    /** The names of the tags, in order. A stratum is empty for fixed objectives; a layer's index has three digits. */
    public List<String> tags() {
        return tags;
    }

    /** The meaning, in one line. */
    public String help() {
        return help;
    }

    private static String without(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }
}
