package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GlyphTest {

    @Test
    void liesAroundTheOriginWithAHeightOfOne() {
        Glyph glyph = Glyph.normalised(List.of(new double[] {10, 20, 14, 28}, new double[] {12, 24, 10, 24}), false);
        assertThat(glyph.copyContours()).isDeepEqualTo(new double[][] {{-0.25, -0.5, 0.25, 0.5}, {0, 0, -0.25, 0}});
    }

    @Test
    void keepsItsShapeWhenACopyIsDistorted() {
        Glyph glyph = PenStrokes.glyphs().get(3).get(0);
        glyph.copyContours()[0][0] = 99;
        assertThat(glyph.sameShape(PenStrokes.glyphs().get(3).get(0))).isTrue();
    }

    @Test
    void isNotTheSameShapeAsAnotherOrAsItsOutline() {
        List<double[]> line = List.of(new double[] {0, 0, 0, 1});
        List<double[]> slanted = List.of(new double[] {0, 0, 0.5, 1});
        Glyph pen = Glyph.normalised(line, false);
        assertThat(pen.sameShape(Glyph.normalised(slanted, false))).isFalse();
        assertThat(pen.sameShape(Glyph.normalised(line, true))).isFalse();
    }

    @Test
    void refusesToBeFlat() {
        List<double[]> flat = List.of(new double[] {0, 3, 5, 3});
        assertThatThrownBy(() -> Glyph.normalised(flat, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Glyph.contours: must have a height above 0. Found: 0.0");
    }
}
