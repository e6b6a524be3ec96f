package io.lossledger.analysis.report.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;

/** A drawing. */
public interface Picture {
    /** The text alternative. Pictures of different runs that have the same one are compared. */
    String caption();

    /** The picture as an element of the page. */
    String svg();

    /** The picture at twice the resolution of the page. */
    BufferedImage image() throws IOException;

    /** The range of its axes. */
    Extent extent();

    /** The same picture with the axes of this range. */
    Picture within(Extent extent);
}
