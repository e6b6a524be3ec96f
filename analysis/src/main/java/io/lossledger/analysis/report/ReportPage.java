package io.lossledger.analysis.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The report as HTML. Stateless. */
final class ReportPage {
    private static final String STYLE = "report.css";

    private ReportPage() {}

    static String html(List<ReportRun> runs) {
        String title = runs.stream().map(ReportRun::run).collect(Collectors.joining(" and "));
        Map<String, String> titles = titles(runs);
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
                .append(Html.text(title))
                .append(" · LossLedger</title><style>")
                .append(style())
                .append("</style></head><body><header><h1>")
                .append(Html.text(title))
                .append("</h1><p>Loss Change Allocation: which parameters lowered the loss, and when. Negative helped,"
                        + " positive hurt.</p><nav><a href=\"#findings\">Findings</a>");
        titles.forEach((name, text) -> html.append("<a href=\"#")
                .append(name)
                .append("\">")
                .append(Html.text(name))
                .append("</a>"));
        html.append("</nav></header><main>");
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

    private static void append(StringBuilder html, Figure figure) {
        html.append(figure.pictures().size() == 1 ? "<div class=one>" : "<div class=many>")
                .append("<div class=pictures>");
        for (Picture picture : figure.pictures()) {
            html.append("<figure>")
                    .append(withOwnNames(picture.svg(), "p" + html.length() + "-"))
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
        html.append(runs.size() > 1 ? "<div class=two>" : "<div>");
        for (ReportRun run : runs) {
            html.append("<div>");
            if (runs.size() > 1) {
                html.append("<h3>").append(Html.text(run.run())).append("</h3>");
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
