package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Html;
import io.lossledger.analysis.report.picture.Palette;
import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.protocol.verdict.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The report as HTML. Stateless. */
final class ReportPage {
    private static final String STYLE = "report.css";
    private static final int RUN_COLOURS = 4;
    private static final List<String> QUESTIONS =
            List.of("Does it learn?", "Which layers help or hurt?", "Do the books balance?");

    private ReportPage() {}

    /** @param comparison null for a single run */
    static String html(List<ReportRun> runs, @Nullable Figure comparison) {
        String title = title(runs);
        Map<String, String> titles = titles(runs);
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
                .append(Html.text(title))
                .append(" · LossLedger</title><style>")
                .append(style())
                .append("</style></head><body><header><h1>")
                .append(Html.text(title))
                .append("</h1><p>Loss Change Allocation: which parameters lowered the loss, and when. Negative helped,"
                        + " positive hurt.</p>");
        for (int i = 0; i < runs.size(); i++) {
            answers(html, runs.get(i), i, runs.size());
        }
        html.append("<nav>");
        if (comparison != null) {
            html.append("<a href=\"#comparison\">comparison</a>");
        }
        html.append("<a href=\"#findings\">findings</a>");
        titles.forEach((name, text) -> html.append("<a href=\"#")
                .append(name)
                .append("\">")
                .append(Html.text(name))
                .append("</a>"));
        html.append("</nav></header>").append(runs.size() == 1 ? "<main>" : "<main class=wide>");
        if (comparison != null) {
            html.append("<section id=\"comparison\"><h2>")
                    .append(Html.text(comparison.title()))
                    .append("</h2><p>")
                    .append(Html.text(comparison.reading()))
                    .append("</p>");
            append(html, comparison);
            html.append("</section>");
        }
        html.append("<section id=\"findings\"><h2>Compared with the paper</h2>");
        beside(html, runs, run -> {
            html.append(Html.table(run.facts())).append(Html.table(run.findings()));
            run.notes()
                    .forEach(note -> html.append("<p class=note>")
                            .append(Html.text(note))
                            .append("</p>"));
        });
        html.append("</section>");
        titles.forEach((name, text) -> {
            html.append("<section id=\"")
                    .append(name)
                    .append("\"><h2>")
                    .append(Html.text(text))
                    .append("</h2>");
            runs.stream()
                    .flatMap(run -> run.figures().stream())
                    .filter(figure -> figure.name().equals(name))
                    .findFirst()
                    .ifPresent(figure -> html.append("<p>")
                            .append(Html.text(figure.reading()))
                            .append("</p>"));
            beside(
                    html,
                    runs,
                    run -> run.figures().stream()
                            .filter(figure -> figure.name().equals(name))
                            .findFirst()
                            .ifPresentOrElse(
                                    figure -> append(html, figure),
                                    () -> html.append("<p class=note>Not measured.</p>")));
            html.append("</section>");
        });
        return html.append("</main></body></html>\n").toString();
    }

    private static String title(List<ReportRun> runs) {
        List<String> names = runs.stream().map(ReportRun::run).toList();
        String last = names.get(names.size() - 1);
        return names.size() == 1 ? last : String.join(", ", names.subList(0, names.size() - 1)) + " and " + last;
    }

    /** The three answers on a run, under its name if there are several. */
    private static void answers(StringBuilder html, ReportRun run, int index, int runs) {
        if (runs > 1) {
            html.append("<h3>")
                    .append(swatch(index))
                    .append(Html.text(run.run()))
                    .append("</h3>");
        }
        html.append("<ul class=verdicts>\n");
        for (int i = 0; i < run.verdicts().size(); i++) {
            Verdict verdict = run.verdicts().get(i);
            String state = verdict.state().name().toLowerCase(Locale.ROOT);
            html.append("<li class=").append(state).append(" title=\"").append(QUESTIONS.get(i));
            html.append("\"><span class=mark role=img aria-label=\"")
                    .append(QUESTIONS.get(i))
                    .append(' ')
                    .append(state);
            html.append("\">").append(verdict.state().mark()).append("</span><div><div class=headline>");
            html.append(Html.text(verdict.headline())).append("</div><div class=detail>");
            html.append(Html.text(verdict.detail().replaceAll("(^|[ (])-(?=\\d)", "$1−")))
                    .append("</div></div></li>\n");
        }
        html.append("</ul>");
    }

    /** The line of a run in the comparison. */
    private static String swatch(int index) {
        return "<span class=\"swatch run" + index % RUN_COLOURS + "\"></span>";
    }

    private static void append(StringBuilder html, Figure figure) {
        html.append(figure.pictures().size() == 1 ? "<div class=one>" : "<div class=many>")
                .append("<div class=pictures>");
        for (Picture picture : figure.pictures()) {
            html.append("<figure>")
                    .append(withOwnNames(Palette.themed(picture.svg()), "p" + html.length() + "-"))
                    .append("<figcaption>")
                    .append(Html.text(picture.caption()))
                    .append("</figcaption></figure>");
        }
        html.append("</div>").append(Html.table(figure.numbers())).append("</div>");
    }

    /** Ids within a picture must be unique in the whole page. */
    private static String withOwnNames(String svg, String prefix) {
        return svg.replaceAll("( id=\"|url\\(#)", "$1" + prefix);
    }

    private static void beside(StringBuilder html, List<ReportRun> runs, Consumer<ReportRun> content) {
        html.append(runs.size() > 1 ? "<div class=several>" : "<div>");
        for (int i = 0; i < runs.size(); i++) {
            ReportRun run = runs.get(i);
            html.append("<div>");
            if (runs.size() > 1) {
                html.append("<h3>")
                        .append(swatch(i))
                        .append(Html.text(run.run()))
                        .append("</h3>");
            }
            content.accept(run);
            html.append("</div>");
        }
        html.append("</div>");
    }

    private static Map<String, String> titles(List<ReportRun> runs) {
        Map<String, String> titles = new LinkedHashMap<>();
        runs.forEach(run -> run.figures().forEach(figure -> titles.putIfAbsent(figure.name(), figure.title())));
        return titles;
    }

    private static String style() {
        try (InputStream in = ReportPage.class.getResourceAsStream(STYLE)) {
            if (in == null) {
                throw new IllegalStateException(STYLE + ": must be on the class path. Found: nothing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(STYLE + " cannot be read", e);
        }
    }
}
