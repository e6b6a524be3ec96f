package io.lossledger.analysis.report;

import java.awt.image.BufferedImage;
import java.io.IOException;

/** A drawing. */
interface Picture {
    /** The text alternative. */
    String caption();

    /** The picture as an element of the page. */
    String svg();

    /** The picture at twice the resolution of the page. */
    BufferedImage image() throws IOException;
}
