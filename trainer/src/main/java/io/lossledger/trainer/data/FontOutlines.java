package io.lossledger.trainer.data;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Extracts the outlines of digits from fonts. Nothing is drawn through AWT, so no display is needed. */
final class FontOutlines {

    private static final String DIGITS = "0123456789";
    private static final int FONT_SIZE = 100;
    private static final double FLATNESS = 0.5;
    private static final int MAX_FAMILIES = 60;
    private static final List<String> LOGICAL_FAMILIES = List.of(Font.SANS_SERIF, Font.SERIF, Font.MONOSPACED);
    private static final int[] STYLES = {Font.PLAIN, Font.BOLD, Font.ITALIC, Font.BOLD | Font.ITALIC};

    private FontOutlines() {}

    /**
     * The digits' outlines in each style of the logical font families, and then of the first installed families by
     * name.
     */
    static List<List<Glyph>> ofInstalledFonts() {
        String[] installed = GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames();
        Arrays.sort(installed);
        Set<String> families = new LinkedHashSet<>(LOGICAL_FAMILIES);
        families.addAll(Arrays.asList(installed));
        List<List<Glyph>> faces = new ArrayList<>();
        for (String family : families.stream().limit(MAX_FAMILIES).toList()) {
            for (int style : STYLES) {
                Font font = new Font(family, style, FONT_SIZE);
                if (font.canDisplayUpTo(DIGITS) == -1) {
                    faces.add(digits(font));
                }
            }
        }
        return faces;
    }

    /** The digits of a font that have an outline: fewer than ten if some are blank or bitmaps. */
    private static List<Glyph> digits(Font font) {
        FontRenderContext context = new FontRenderContext(null, true, true);
        List<Glyph> glyphs = new ArrayList<>();
        for (int digit = 0; digit < DIGITS.length(); digit++) {
            Shape outline = font.createGlyphVector(context, DIGITS.substring(digit, digit + 1))
                    .getOutline();
            List<double[]> contours = flatten(outline.getPathIterator(null, FLATNESS));
            if (!contours.isEmpty() && outline.getBounds2D().getHeight() > 0) {
                glyphs.add(Glyph.normalised(contours, true));
            }
        }
        return glyphs;
    }

    private static List<double[]> flatten(PathIterator path) {
        List<double[]> contours = new ArrayList<>();
        double[] contour = new double[64];
        int length = 0;
        double[] point = new double[6];
        for (; !path.isDone(); path.next()) {
            int kind = path.currentSegment(point);
            if (kind == PathIterator.SEG_MOVETO) {
                addClosed(contours, contour, length);
                length = 0;
            }
            if (kind != PathIterator.SEG_CLOSE) {
                if (length == contour.length) {
                    contour = Arrays.copyOf(contour, 2 * length);
                }
                contour[length++] = point[0];
                contour[length++] = point[1];
            }
        }
        addClosed(contours, contour, length);
        return contours;
    }

    private static void addClosed(List<double[]> contours, double[] contour, int length) {
        // a lone point or line encloses nothing
        if (length >= 6) {
            double[] closed = Arrays.copyOf(contour, length + 2);
            closed[length] = closed[0];
            closed[length + 1] = closed[1];
            contours.add(closed);
        }
    }
}
