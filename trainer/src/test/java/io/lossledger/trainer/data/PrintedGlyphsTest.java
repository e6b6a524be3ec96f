package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.AWTError;
import java.awt.HeadlessException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrintedGlyphsTest {

    private static final int[] CONTOURS = {2, 1, 1, 1, 2, 1, 2, 1, 3, 2};

    @ParameterizedTest
    @MethodSource("waysAwtFails")
    void areNoneWhereAwtFails(Throwable failure) {
        assertThat(PrintedGlyphs.usable(() -> fail(failure))).isEmpty();
    }

    static Stream<Throwable> waysAwtFails() {
        return Stream.of(
                new UnsatisfiedLinkError("libfreetype.so.6: cannot open shared object file"),
                new NoClassDefFoundError("Could not initialize class sun.awt.X11FontManager"),
                new InternalError("java.lang.reflect.InvocationTargetException"),
                new AWTError("Can't connect to X11 window server"),
                new HeadlessException(),
                new NullPointerException("fontconfig"));
    }

    @Test
    void doNotHideThatMemoryRanOut() {
        assertThatThrownBy(() -> PrintedGlyphs.usable(() -> fail(new OutOfMemoryError("heap"))))
                .isInstanceOf(OutOfMemoryError.class);
    }

    private static List<List<Glyph>> fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void keepAFaceWhoseContoursAreThoseOfDigits() {
        List<Glyph> face = face(0);
        assertThat(PrintedGlyphs.usable(() -> List.of(face))).containsExactly(face);
    }

    @Test
    void dropAFaceThatCameBefore() {
        List<Glyph> other = face(1);
        List<Glyph> face = face(0);
        assertThat(PrintedGlyphs.usable(() -> List.of(face, face(0), other))).containsExactly(face, other);
    }

    @Test
    void dropFacesWithABlankDigit() {
        assertThat(PrintedGlyphs.usable(() -> List.of(face(0).subList(0, 9)))).isEmpty();
    }

    @Test
    void dropFacesThatShowOneShapeForTwoDigits() {
        List<Glyph> face = new ArrayList<>(face(0));
        face.set(2, face.get(1));
        assertThat(PrintedGlyphs.usable(() -> List.of(face))).isEmpty();
    }

    @Test
    void dropFacesOfOrnaments() {
        List<Glyph> face = new ArrayList<>(face(0));
        face.set(8, glyph(0.77, 1));
        assertThat(PrintedGlyphs.usable(() -> List.of(face))).isEmpty();
        face.set(8, face(0).get(8));
        face.set(1, glyph(0.77, 5));
        assertThat(PrintedGlyphs.usable(() -> List.of(face))).isEmpty();
    }

    @Test
    void areAtMostThirtyTwoFaces() {
        List<List<Glyph>> many = Stream.iterate(0, i -> i + 1)
                .limit(40)
                .map(PrintedGlyphsTest::face)
                .toList();
        assertThat(PrintedGlyphs.usable(() -> many)).isEqualTo(many.subList(0, 32));
    }

    @Test
    void ofThisMachineHaveTenFilledDigits() {
        List<List<Glyph>> faces = PrintedGlyphs.ofThisMachine();
        assumeThat(faces).as("fonts of this machine").isNotEmpty();
        assertThat(faces).allSatisfy(face -> assertThat(face).hasSize(10).allMatch(Glyph::filled));
    }

    private static List<Glyph> face(int variant) {
        List<Glyph> face = new ArrayList<>();
        for (int digit = 0; digit < CONTOURS.length; digit++) {
            face.add(glyph(0.01 * digit + 0.2 * variant, CONTOURS[digit]));
        }
        return face;
    }

    private static Glyph glyph(double lean, int contours) {
        List<double[]> triangles = new ArrayList<>();
        for (int i = 0; i < contours; i++) {
            triangles.add(new double[] {i, 0, i + lean, 1, i + 0.5, 1, i, 0});
        }
        return Glyph.normalised(triangles, true);
    }
}
