package io.lossledger.analysis.report;

import io.lossledger.analysis.TableQuery;
import io.lossledger.analysis.report.picture.Html;
import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.protocol.files.UnfinishedFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * One or more runs as a page of figures: a self-contained HTML file, with the numbers of each figure as a table and a
 * sentence on how to read it. Figures without rows are omitted. Not thread-safe.
 */
public final class Report {
    private static final List<Function<RunData, Optional<Figure>>> FIGURES = List.of(
            LossFigures::balance,
            LayerFigures::totals,
            LayerFigures::cumulative,
            HelpFigures::perStep,
            HelpFigures::perParameter,
            DistributionFigure::of,
            UnitFigure::of,
            HelpFigures::trajectories,
            MomentFigure::of,
            LayerFigures::oscillation,
            SplitFigures::classes,
            SplitFigures::parts);

    private final List<ReportRun> runs;
    private final @Nullable Figure comparison;

    private Report(List<ReportRun> runs, @Nullable Figure comparison) {
        this.runs = runs;
        this.comparison = comparison;
    }

    /**
     * The data of a run.
     *
     * @param query an export with the run, not shared with others
     * @param parameters data of single parameters; null if there are none
     * @param tracks tracks of some of them; null if there are none
     * @param notes what is missing, one sentence each
     */
    public record Source(
            TableQuery query,
            String run,
            @Nullable ParameterDigest parameters,
            @Nullable ParameterTracks tracks,
            List<String> notes) {}

    /**
     * Draws all figures.
     *
     * @param sources one run, or several to be compared
     * @param tolerance largest residual with which books balance, as a share of what moved
     * @throws IllegalArgumentException when an export has no step of its run
     */
    public static Report of(List<Source> sources, double tolerance) {
        List<RunData> data = sources.stream()
                .map(source -> new RunData(source.query(), source.run(), source.parameters(), source.tracks()))
                .toList();
        long last = data.stream().mapToLong(RunData::lastStep).min().orElse(0);
        data.forEach(run -> run.shareUpTo(last));
        List<ReportRun> runs = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            runs.add(draw(sources.get(i), data.get(i), tolerance));
        }
        return new Report(CommonAxes.of(runs), data.size() == 1 ? null : Comparison.of(data));
    }

    /**
     * A receiver of single parameters' rows, for the objective of the run's figures.
     *
     * @throws IllegalArgumentException when the export has no step of the run
     */
    public static ParameterDigest digest(TableQuery query, String run) {
        RunData data = new RunData(query, run, null, null);
        return new ParameterDigest(data.objective(), data.stratum());
    }

    /** The page. */
    public String html() {
        return ReportPage.html(runs, comparison);
    }

    /**
     * Writes each picture as SVG and PNG, named after run and figure.
     *
     * @return how many pictures there are
     * @throws IOException when they cannot be written
     */
    public int writePictures(Path folder) throws IOException {
        Files.createDirectories(folder);
        int count = 0;
        for (ReportRun run : runs) {
            for (Figure figure : run.figures()) {
                int number = 0;
                for (Picture picture : figure.pictures()) {
                    String name = String.format(Locale.ROOT, "%s-%s-%d", run.run(), figure.name(), ++number);
                    String svg = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + picture.svg();
                    write(folder.resolve(name + ".svg"), out -> out.write(svg.getBytes(StandardCharsets.UTF_8)));
                    BufferedImage image = picture.image();
                    write(folder.resolve(name + ".png"), out -> ImageIO.write(image, "png", out));
                    count++;
                }
            }
        }
        return count;
    }

    /** Writes the content of a file. */
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void write(Path target, Content content) throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, true)) {
            try (OutputStream out = file.newOutputStream()) {
                content.writeTo(out);
            }
            file.finish();
        }
    }

    private static ReportRun draw(Source source, RunData data, double tolerance) {
        return new ReportRun(
                source.run(),
                RunAnswers.of(data, tolerance),
                RunFacts.of(data),
                Findings.of(data),
                FIGURES.stream().flatMap(figure -> figure.apply(data).stream()).toList(),
                notes(source, data));
    }

    private static List<String> notes(Source source, RunData data) {
        boolean sampled = data.ask("SELECT count(*) AS sampled FROM s WHERE kind = 'sampled'")
                        .number("sampled")
                > 0;
        List<String> notes = new ArrayList<>(source.notes());
        if (!RunAnswers.hasEnded(data)) {
            notes.add("The run has no closing balance yet. The answers are about the steps that are booked.");
        }
        double unknown = data.ask("SELECT count(*) AS rows FROM s WHERE NOT (isfinite(loss_end)"
                        + " AND isfinite(cumulative_lca) AND isfinite(lca))")
                .number("rows");
        if (unknown > 0) {
            notes.add("The loss, its LCA or the LCA so far is not finite in " + Html.number(unknown)
                    + " steps. There, tables show NaN, ∞ or −∞, and charts have gaps.");
        }
        if (sampled) {
            notes.add(
                    "The objective is sampled. Sums of LCA are unbiased, but help, hurt and churn are larger than those of the"
                            + " whole set, shares of helping parameters are closer to a half, and Gini coefficients are lower, because each"
                            + " parameter's LCA has the noise of the sample.");
        }
        return notes;
    }
}
