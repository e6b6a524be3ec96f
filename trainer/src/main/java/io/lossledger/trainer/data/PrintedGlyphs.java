package io.lossledger.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The digits of this machine's fonts, without fonts that do not show digits.
 *
 * <p>Refers to no class of AWT, so that it works without that module.
 */
final class PrintedGlyphs {

    private static final int MAX_FACES = 32;
    private static final int DIGITS = 10;

    /** The minimum and maximum number of closed contours of each digit; a zero may have a dot or a slash inside. */
    private static final int[] MIN_CONTOURS = {2, 1, 1, 1, 1, 1, 2, 1, 3, 2};

    private static final int[] MAX_CONTOURS = {4, 1, 1, 1, 2, 1, 2, 1, 3, 2};

    private PrintedGlyphs() {}

    /** For each usable face of this machine, its ten digits; empty without fonts. */
    static List<List<Glyph>> ofThisMachine() {
        return Loaded.FACES;
    }

    /**
     * The different faces that show digits, in the given order; none if the search fails. Without display, font
     * libraries or fonts, AWT fails with exceptions, linkage errors, internal errors and errors of its own.
     */
    static List<List<Glyph>> usable(Supplier<List<List<Glyph>>> candidates) {
        try {
            List<List<Glyph>> faces = new ArrayList<>();
            for (List<Glyph> face : candidates.get()) {
                // a logical family such as Serif is also installed under its own name
                if (readAsDigits(face) && faces.stream().noneMatch(other -> sameShapes(other, face))) {
                    faces.add(face);
                }
            }
            return List.copyOf(faces.subList(0, Math.min(MAX_FACES, faces.size())));
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            return List.of();
        }
    }

    /** Whether glyphs have the loops of the ten digits and are all different; those of symbol fonts do not. */
    private static boolean readAsDigits(List<Glyph> glyphs) {
        if (glyphs.size() != DIGITS) {
            return false;
        }
        for (int digit = 0; digit < DIGITS; digit++) {
            Glyph glyph = glyphs.get(digit);
            if (glyph.contourCount() < MIN_CONTOURS[digit] || glyph.contourCount() > MAX_CONTOURS[digit]) {
                return false;
            }
            if (glyphs.subList(0, digit).stream().anyMatch(glyph::sameShape)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameShapes(List<Glyph> a, List<Glyph> b) {
        for (int digit = 0; digit < DIGITS; digit++) {
            if (!a.get(digit).sameShape(b.get(digit))) {
                return false;
            }
        }
        return true;
    }

    /** Loaded at first use and then kept: searching the fonts takes longer than drawing hundreds of images. */
    private static final class Loaded {
        static final List<List<Glyph>> FACES = usable(() -> FontOutlines.ofInstalledFonts());
    }
}
