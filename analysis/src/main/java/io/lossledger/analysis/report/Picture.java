package io.lossledger.analysis.report;

import java.awt.image.BufferedImage;
import java.io.IOException;

/** A drawing. */
interface Picture {
    /** What it is of, for those who cannot see it. */
    String caption();

    /** As an element of a page. */
    String svg();

    /** In points twice as fine as on the page. */
    BufferedImage image() throws IOException;
}
