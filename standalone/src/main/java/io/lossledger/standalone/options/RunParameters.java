package io.lossledger.standalone.options;

import io.lossledger.analysis.report.ParameterDigest;
import io.lossledger.analysis.report.ParameterTracks;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ParameterRow;
import io.lossledger.standalone.terminal.KafkaFaults;
import io.lossledger.standalone.terminal.ProgressLine;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.streams.books.ResultSettings;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.replay.Replay;
import io.lossledger.streams.replay.ReplayProgress;
import io.lossledger.streams.replay.ReplayReport;
import io.lossledger.streams.replay.ReplaySettings;
import io.lossledger.streams.replay.ReplayedRun;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * What single parameters of a run did, computed from its updates, which are read twice: once for all parameters, once for those
 * with the largest LCA.
 *
 * @param digest null if unknown
 * @param tracks null as well
 * @param notes what is not there, one sentence each
 */
public record RunParameters(
        @Nullable ParameterDigest digest, @Nullable ParameterTracks tracks, List<String> notes) {
    public static final RunParameters NONE = new RunParameters(null, null, List.of());

    /** Reads them into a digest that is empty. */
    public static RunParameters read(
            KafkaOptions kafka, String run, ParameterDigest digest, StopSignal stop, PrintWriter err)
            throws InterruptedException {
        ReplayReport report;
        ProgressLine line = new ProgressLine(err);
        long[] rows = {0};
        try {
            report = replay(
                    kafka,
                    run,
                    row -> {
                        digest.add(row);
                        rows[0]++;
                    },
                    stop,
                    line,
                    new Passes(0, 2));
        } catch (IllegalArgumentException e) { // a topic that is missing or has dropped all of it
            return omitted(String.valueOf(e.getMessage()));
        } catch (AuthorizationException e) {
            return omitted(KafkaFaults.ofUser(e).orElse(String.valueOf(e.getMessage())));
        }
        if (rows[0] == 0) {
            return new RunParameters(null, null, missing(run, report, 0));
        }
        ParameterTracks tracks = new ParameterTracks(digest);
        replay(kafka, run, tracks::add, stop, line, new Passes(1, 2));
        return new RunParameters(digest, tracks, missing(run, report, rows[0]));
    }

    private static RunParameters omitted(String reason) {
        return new RunParameters(null, null, List.of("The figures of single parameters are omitted. " + reason));
    }

    /** Says how many steps could not be computed, if any, and why there are no rows. */
    public static List<String> missing(String run, ReplayReport report, long rows) {
        boolean booked = report.runs().values().stream().anyMatch(replayed -> replayed.steps() > 0);
        if (booked && rows == 0) {
            return List.of("run " + run + ": single parameters are not known, because its trainer sent sums instead of"
                    + " vectors");
        }
        long missing = report.runs().values().stream()
                .mapToLong(ReplayedRun::missingSteps)
                .sum();
        return missing == 0
                ? List.of()
                : List.of("run " + run + ": the rows of single parameters omit " + missing
                        + " steps that are not in Kafka");
    }

    /** Computes the rows of a run's parameters, as far as its updates exist. */
    public static ReplayReport replay(
            KafkaOptions kafka, String run, Consumer<ParameterRow> rows, StopSignal stop, PrintWriter err)
            throws InterruptedException {
        return replay(kafka, run, rows, stop, new ProgressLine(err), new Passes(0, 1));
    }

    /** How far the work is when the same records are read several times. */
    private record Passes(int done, int of) {
        double fraction(double ofThis) {
            return (done + ofThis) / of;
        }

        /** If the passes that are left take as long as this one. */
        double secondsLeft(ReplayProgress progress) {
            double whole = progress.secondsLeft() / Math.max(1e-9, 1 - progress.fraction());
            return progress.secondsLeft() + whole * (of - done - 1);
        }
    }

    private static ReplayReport replay(
            KafkaOptions kafka,
            String run,
            Consumer<ParameterRow> rows,
            StopSignal stop,
            ProgressLine line,
            Passes passes)
            throws InterruptedException {
        ReplaySettings settings = new ReplaySettings(
                kafka.topicPrefix,
                new TreeSet<>(List.of(run)),
                StepRange.ALL,
                Optional.empty(),
                withParameters(ResultSettings.DEFAULT),
                true);
        Replay replay = new Replay(settings, kafka.clientConfig(), (topic, key, row, timestampMillis) -> {
            if (topic == LedgerTopic.PARAMETER) {
                rows.accept((ParameterRow) row);
            }
        });
        ReplayReport report = replay.run(progress -> {
            if (stop.isAsked()) {
                replay.stop();
            }
            line.show(String.format(
                    Locale.ROOT,
                    "%s: parameters of %d steps, %.0f %%, %s left",
                    run,
                    progress.steps(),
                    100 * passes.fraction(progress.fraction()),
                    ProgressLine.time(passes.secondsLeft(progress))));
        });
        line.clear();
        if (report.stopped()) {
            throw new CancellationException("stopped; nothing was written");
        }
        return report;
    }

    private static ResultSettings withParameters(ResultSettings results) {
        return new ResultSettings(
                List.of(),
                results.alertSteps(),
                results.residualTolerance(),
                results.falseAlarmRate(),
                results.maxPendingSteps(),
                true);
    }
}
