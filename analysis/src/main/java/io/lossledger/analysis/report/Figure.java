package io.lossledger.analysis.report;

import java.util.List;

/**
 * A figure of the report.
 *
 * @param name for links and files, such as {@code layers}
 * @param title what it shows
 * @param reading one sentence that says how to read it
 * @param pictures what is drawn, at least one
 * @param numbers the same as numbers
 */
record Figure(String name, String title, String reading, List<Picture> pictures, Table numbers) {
    Figure {
        pictures = List.copyOf(pictures);
    }
}
