package io.lossledger.analysis.report;

import io.lossledger.analysis.TableQuery;
import io.lossledger.analysis.report.picture.Table;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run in an export, and the data of its parameters. By default, figures show one objective and stratum: {@code
 * train}, or the one with the shortest name. Queries may use these views. Not thread-safe.
 *
 * <ul>
 *   <li>{@code s}, {@code l}, {@code u}, {@code m}, {@code w}: steps, layers, units, moments and windows of the whole update and of that objective
 *   <li>{@code a}: layers of all objectives; {@code objective} names the stratum, too
 * <li>{@code p}: the steps to draw, about a thousand at most, including the first and the last
 * </ul>
 */
final class RunData {
    private static final int MOST_POINTS = 1_000;

    private final TableQuery query;
    private final String run;
    private final String objective;
    private final String stratum;
    private final @Nullable ParameterDigest parameters;
    private final @Nullable ParameterTracks tracks;
    private final long lastStep;
    private long lastShared;

    /**
     * @param parameters null when there are no data of single parameters
     * @param tracks null when there are no data of single parameters
     * @throws IllegalArgumentException when the export has no step of the run
     */
    RunData(TableQuery query, String run, @Nullable ParameterDigest parameters, @Nullable ParameterTracks tracks) {
        this.query = query;
        this.run = run;
        this.parameters = parameters;
        this.tracks = tracks;
        Table first = Table.of(
                query,
                "SELECT objective, stratum FROM steps WHERE run = " + quoted(run)
                        + " AND part = '' GROUP BY objective, stratum ORDER BY objective <> 'train', length(objective), objective, stratum LIMIT 1");
        if (first.isEmpty()) {
            throw new IllegalArgumentException("run: must have steps in the export. Found: none of " + run);
        }
        this.objective = first.texts("objective").get(0);
        this.stratum = first.texts("stratum").get(0);
        String main = " WHERE run = " + quoted(run) + " AND objective = " + quoted(objective) + " AND stratum = "
                + quoted(stratum);
        query.name("s", "SELECT * FROM steps" + main + " AND part = ''");
        query.name("l", "SELECT * FROM layers" + main + " AND part = ''");
        query.name("u", "SELECT * FROM units" + main + " AND part = ''");
        query.name("m", "SELECT * FROM moments" + main);
        query.name("w", "SELECT * FROM windows" + main + " AND part = ''");
        query.name(
                "a",
                "SELECT * REPLACE (CASE WHEN stratum = '' THEN objective ELSE objective || ', ' || stratum END AS objective),"
                        + " objective = " + quoted(objective) + " AND stratum = " + quoted(stratum)
                        + " AS main FROM layers WHERE run = " + quoted(run));
        query.name(
                "p",
                "SELECT step FROM (SELECT step, row_number() OVER (ORDER BY step) AS i, count(*) OVER () AS c FROM s)"
                        + " WHERE i = 1 OR i = c OR i % greatest(1, c // " + MOST_POINTS + ") = 0");
        lastStep = (long) ask("SELECT max(step) AS step FROM s").number("step");
        lastShared = lastStep;
    }

    /** The newest step. */
    long lastStep() {
        return lastStep;
    }

    /** The newest step that all runs of the page have, so that they are compared at the same one. */
    long lastShared() {
        return lastShared;
    }

    void shareUpTo(long step) {
        lastShared = step;
    }

    int layers() {
        return (int) ask("SELECT count(DISTINCT layer) AS layers FROM l").number("layers");
    }

    String run() {
        return run;
    }

    /** The default objective of figures. */
    String objective() {
        return objective;
    }

    /** Its stratum, or nothing. */
    String stratum() {
        return stratum;
    }

    Optional<ParameterDigest> parameters() {
        return Optional.ofNullable(parameters);
    }

    Optional<ParameterTracks> tracks() {
        return Optional.ofNullable(tracks);
    }

    Table ask(String sql) {
        return Table.of(query, sql);
    }

    /** A quoted SQL literal. */
    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
