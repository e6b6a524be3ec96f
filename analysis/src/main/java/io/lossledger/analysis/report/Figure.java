package io.lossledger.analysis.report;

import io.lossledger.analysis.report.picture.Picture;
import io.lossledger.analysis.report.picture.Table;
import java.util.List;

/**
 * A figure of the report.
 *
 * @param name name for links and files, such as {@code layers}
 * @param title question that it answers
 * @param reading one sentence on how to read it
 * @param pictures pictures, at least one
 * @param numbers the same data as numbers
 */
record Figure(String name, String title, String reading, List<Picture> pictures, Table numbers) {
    Figure {
        pictures = List.copyOf(pictures);
    }

    Figure with(List<Picture> others) {
        return new Figure(name, title, reading, others, numbers);
    }
}
