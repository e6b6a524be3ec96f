package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Extent;
import io.lossledger.analysis.report.picture.Picture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives the pictures of several runs that show the same thing the same axes, so that they can be compared. Stateless. */
final class CommonAxes {
    private CommonAxes() {}

    static List<ReportRun> of(List<ReportRun> runs) {
        Map<String, Extent> extents = new HashMap<>();
        for (ReportRun run : runs) {
            for (Figure figure : run.figures()) {
                for (Picture picture : figure.pictures()) {
                    extents.merge(key(figure, picture), picture.extent(), Extent::and);
                }
            }
        }
        return runs.size() == 1
                ? runs
                : runs.stream().map(run -> run.with(figures(run, extents))).toList();
    }

    private static List<Figure> figures(ReportRun run, Map<String, Extent> extents) {
        return run.figures().stream()
                .map(figure -> figure.with(figure.pictures().stream()
                        .map(picture -> picture.within(extents.getOrDefault(key(figure, picture), picture.extent())))
                        .toList()))
                .toList();
    }

    private static String key(Figure figure, Picture picture) {
        return figure.name() + "/" + picture.caption();
    }
}
