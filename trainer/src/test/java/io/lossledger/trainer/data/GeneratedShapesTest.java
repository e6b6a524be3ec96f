package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class GeneratedShapesTest {
    private static final int SIDE = ShapePainter.SIDE;

    private final ImageSplit shapes = GeneratedShapes.generate(7, 1000, 300);

    @Test
    void areColouredImagesOfTenClasses() {
        assertThat(shapes.train()).hasToString("1000 images of 3x32x32 in 10 classes");
        assertThat(shapes.validation()).hasToString("300 images of 3x32x32 in 10 classes");
    }

    /** The guarantee of repeating: a change here changes everyone's data. */
    @Test
    void neverChange() {
        CRC32 checksum = new CRC32();
        checksum.update(bytes(shapes.train()));
        checksum.update(bytes(shapes.validation()));
        assertThat(checksum.getValue()).isEqualTo(270326050L);
    }

    @Test
    void dependOnSeedSplitAndIndexAlone() {
        for (int size : new int[] {1, 9, 10, 251}) {
            ImageSplit fewer = GeneratedShapes.generate(7, size, 1);
            assertThat(bytes(fewer.train())).isEqualTo(bytes(shapes.train().first(size)));
            assertThat(bytes(fewer.validation()))
                    .isEqualTo(bytes(shapes.validation().first(1)));
        }
        assertThat(bytes(GeneratedShapes.generate(8, 10, 1).train()))
                .isNotEqualTo(bytes(shapes.train().first(10)));
        assertThat(bytes(shapes.validation())).isNotEqualTo(bytes(shapes.train().first(300)));
    }

    @Test
    void neverShowAnImageTwice() {
        Set<String> seen = new HashSet<>();
        for (ImageSet set : List.of(shapes.train(), shapes.validation())) {
            for (int i = 0; i < set.size(); i++) {
                seen.add(Arrays.toString(pixels(set, i)));
            }
        }
        assertThat(seen).hasSize(1300);
    }

    @Test
    void holdEachShapeOnceInEveryTen() {
        for (int block = 0; block < 100; block++) {
            Set<Integer> labels = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                labels.add(shapes.train().label(10 * block + i));
            }
            assertThat(labels).hasSize(10);
        }
    }

    /** Neither the mean picture nor the mean colours of a class tell it: chance is 0.1. */
    @Test
    void areNotDistinguishedByTheirMeanPicture() {
        assertThat(NearestCentroid.accuracy(shapes)).isLessThan(0.25);
    }

    @Test
    void haveAnUninformativeColour() {
        double[] mean = new double[10];
        for (int i = 0; i < 1000; i++) {
            for (float pixel : pixels(shapes.train(), i)) {
                mean[shapes.train().label(i)] += pixel / (100 * ShapePainter.PIXELS);
            }
        }
        for (double value : mean) {
            assertThat(value).isCloseTo(0.5, within(0.06));
        }
    }

    /** Without colour, place, size and noise the ten outlines cover clearly different pixels, however they are turned. */
    @Test
    void haveOutlinesThatNoTurnMakesAlike() {
        List<double[][]> outlines = ShapeOutlines.byClass();
        for (int a = 0; a < 10; a++) {
            boolean[] first = covered(outlines.get(a), 0);
            for (int b = 0; b < a; b++) {
                for (int turn = 0; turn < 36; turn++) {
                    boolean[] second = covered(outlines.get(b), turn * Math.PI / 18);
                    int either = 0;
                    int differ = 0;
                    for (int i = 0; i < first.length; i++) {
                        either += first[i] || second[i] ? 1 : 0;
                        differ += first[i] != second[i] ? 1 : 0;
                    }
                    assertThat((double) differ / either)
                            .as("%d and %d, turn %d", a, b, turn)
                            .isGreaterThan(0.2);
                }
            }
        }
    }

    @Test
    void refuseASizeBelowOneOrBeyondAnArray() {
        assertThatThrownBy(() -> GeneratedShapes.generate(1, 0, 1))
                .hasMessage("GeneratedShapes.trainSize: must be within 1..699050. Found: 0");
        assertThatThrownBy(() -> GeneratedShapes.generate(1, 1, 699051))
                .hasMessage("GeneratedShapes.validationSize: must be within 1..699050. Found: 699051");
    }

    private static boolean[] covered(double[][] outline, double angle) {
        InkGrid grid = new InkGrid(SIDE);
        grid.clear();
        for (double[] contour : outline) {
            double[] placed = new double[contour.length];
            for (int i = 0; i < contour.length; i += 2) {
                placed[i] = 16 + 13 * (contour[i] * Math.cos(angle) - contour[i + 1] * Math.sin(angle));
                placed[i + 1] = 16 + 13 * (contour[i] * Math.sin(angle) + contour[i + 1] * Math.cos(angle));
            }
            grid.addLines(placed);
        }
        boolean[] covered = new boolean[SIDE * SIDE];
        for (int i = 0; i < covered.length; i++) {
            covered[i] = grid.filledInk(i, 0, 1) > 0.5;
        }
        return covered;
    }

    private static float[] pixels(ImageSet set, int index) {
        float[] pixels = new float[set.pixelsPerImage()];
        set.copyPixels(index, pixels, 0);
        return pixels;
    }

    private static byte[] bytes(ImageSet set) {
        byte[] bytes = new byte[set.size() * (1 + set.pixelsPerImage())];
        int next = 0;
        for (int i = 0; i < set.size(); i++) {
            bytes[next++] = (byte) set.label(i);
            for (float pixel : pixels(set, i)) {
                bytes[next++] = (byte) Math.round(255 * pixel);
            }
        }
        return bytes;
    }
}
