package io.lossledger.analysis.report.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.analysis.report.picture.Palette.Look;
import io.lossledger.analysis.report.picture.Palette.Looks;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaletteTest {
    private static final List<Looks> ALL = List.of(Palette::layer, Palette::series, Palette::run);

    @Test
    void everySeriesLooksDifferentAlsoBeyondEight() {
        for (Looks looks : ALL) {
            for (int count : new int[] {1, 2, 8, 9, 16}) {
                assertThat(IntStream.range(0, count).mapToObj(i -> text(looks.of(i, count))))
                        .doesNotHaveDuplicates();
            }
        }
    }

    /** Neighbours among many layers have similar colours. */
    @Test
    void neighboursAmongManyLayersHaveDifferentDashes() {
        for (int i = 1; i < 40; i++) {
            assertThat(dashes(Palette.layer(i, 40))).isNotEqualTo(dashes(Palette.layer(i - 1, 40)));
        }
    }

    /** Strong colours from 185 to 265 degrees are blue, those from 14 to 44 orange. */
    @Test
    void noSeriesHasTheBlueOfHelpOrTheOrangeOfHurt() {
        for (Looks looks : ALL) {
            for (int count : new int[] {4, 8, 30}) {
                for (int i = 0; i < count; i++) {
                    Color colour = looks.of(i, count).colour();
                    assertThat(isBlue(colour) || isOrange(colour))
                            .as("%s of %s", i, count)
                            .isFalse();
                }
            }
        }
        assertThat(isBlue(Palette.HELP)).isTrue();
        assertThat(isOrange(Palette.HURT)).isTrue();
    }

    @Test
    void heatmapsAreBlueWhereItHelpedAndOrangeWhereItHurt() {
        assertThat(isBlue(Palette.diverging(-1))).isTrue();
        assertThat(isOrange(Palette.diverging(1))).isTrue();
        assertThat(Palette.diverging(0)).isEqualTo(new Color(0xF4F3EF));
        assertThat(Palette.diverging(Double.NaN)).isEqualTo(Palette.NOT_FINITE);
    }

    private static boolean isBlue(Color colour) {
        return isStrong(colour) && degrees(colour) > 185 && degrees(colour) < 265;
    }

    private static boolean isOrange(Color colour) {
        return isStrong(colour) && degrees(colour) > 14 && degrees(colour) < 44;
    }

    private static boolean isStrong(Color colour) {
        return hsb(colour)[1] > 0.65;
    }

    private static float degrees(Color colour) {
        return 360 * hsb(colour)[0];
    }

    private static float[] hsb(Color colour) {
        return Color.RGBtoHSB(colour.getRed(), colour.getGreen(), colour.getBlue(), null);
    }

    private static String text(Look look) {
        return look.colour() + dashes(look);
    }

    private static String dashes(Look look) {
        return Arrays.toString(((BasicStroke) look.stroke()).getDashArray());
    }
}
