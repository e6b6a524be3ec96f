package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class GeneratedDigitsTest {

    private final ImageSplit mixed = GeneratedDigits.generate(7, 1000, 300);
    private final ImageSplit portable = GeneratedDigits.generatePortable(7, 1000, 300);

    @Test
    void areGreyImagesOfTenClasses() {
        assertThat(mixed.train()).hasToString("1000 images of 1x28x28 in 10 classes");
        assertThat(mixed.validation()).hasToString("300 images of 1x28x28 in 10 classes");
    }

    @Test
    void repeatForTheSameSeed() {
        assertThat(images(GeneratedDigits.generate(7, 1000, 300).train())).isEqualTo(images(mixed.train()));
        assertThat(images(GeneratedDigits.generate(7, 1000, 300).validation())).isEqualTo(images(mixed.validation()));
    }

    @Test
    void differForAnotherSeed() {
        assertThat(images(GeneratedDigits.generate(8, 1000, 300).train()))
                .doesNotContainAnyElementsOf(images(mixed.train()));
    }

    @Test
    void startTheSameForAnyNumber() {
        for (int size : new int[] {1, 9, 10, 251}) {
            ImageSplit fewer = GeneratedDigits.generate(7, size, 1);
            assertThat(images(fewer.train())).isEqualTo(images(mixed.train().first(size)));
            assertThat(images(fewer.validation()))
                    .isEqualTo(images(mixed.validation().first(1)));
        }
    }

    @Test
    void neverShowAnImageTwice() {
        List<ByteBuffer> all = new ArrayList<>(images(mixed.train()));
        all.addAll(images(mixed.validation()));
        assertThat(withoutLabels(all)).hasSize(1300);
    }

    private static Set<ByteBuffer> withoutLabels(List<ByteBuffer> images) {
        Set<ByteBuffer> pixels = new HashSet<>();
        images.forEach(image -> pixels.add(image.slice(1, DigitPainter.PIXELS)));
        return pixels;
    }

    @Test
    void holdEachDigitOnceInEveryTen() {
        Set<List<Integer>> orders = new HashSet<>();
        for (int block = 0; block < 100; block++) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                order.add(mixed.train().label(10 * block + i));
            }
            assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(95);
    }

    @Test
    void haveTheSameLabelsWithAndWithoutFonts() {
        for (int i = 0; i < 1000; i++) {
            assertThat(portable.train().label(i)).isEqualTo(mixed.train().label(i));
        }
    }

    @Test
    void areAllWrittenWithoutFonts() {
        ImageSplit fontless = GeneratedDigits.generate(7, 1000, 300, List.of());
        assertThat(images(fontless.train())).isEqualTo(images(portable.train()));
        assertThat(images(fontless.validation())).isEqualTo(images(portable.validation()));
    }

    @Test
    void arePartlyPrintedWithFonts() {
        assumeThat(PrintedGlyphs.ofThisMachine()).as("fonts of this machine").isNotEmpty();
        Set<ByteBuffer> written = new HashSet<>(images(portable.train()));
        assertThat(images(mixed.train()).stream().filter(written::contains).count())
                .isBetween(400L, 600L);
    }

    /** The guarantee of {@link GeneratedDigits#generatePortable}: a change here changes everyone's data. */
    @Test
    void thatArePortableNeverChange() {
        CRC32 checksum = new CRC32();
        images(portable.train()).forEach(checksum::update);
        images(portable.validation()).forEach(checksum::update);
        assertThat(checksum.getValue()).isEqualTo(2330856189L);
    }

    @Test
    void areBrightInkOnAnEmptyGround() {
        for (ImageSet set : List.of(mixed.train(), portable.train())) {
            float[] pixels = new float[DigitPainter.PIXELS];
            for (int i = 0; i < set.size(); i++) {
                set.copyPixels(i, pixels, 0);
                int empty = 0;
                int bright = 0;
                for (float pixel : pixels) {
                    assertThat(pixel).isBetween(0f, 1f);
                    empty += pixel == 0 ? 1 : 0;
                    bright += pixel > 0.4 ? 1 : 0;
                }
                assertThat(empty).as("empty pixels of image %d", i).isGreaterThan(DigitPainter.PIXELS / 3);
                assertThat(bright).as("bright pixels of image %d", i).isBetween(8, DigitPainter.PIXELS / 2);
            }
        }
    }

    @Test
    void canBeLearned() {
        assertThat(NearestCentroid.accuracy(portable)).isBetween(0.65, 0.95);
        assertThat(NearestCentroid.accuracy(mixed)).isGreaterThan(0.5);
    }

    @Test
    void lookDifferentFromDigitToDigit() {
        float[][] centroids = NearestCentroid.centroids(portable.train());
        for (int digit = 0; digit < 10; digit++) {
            for (int other = 0; other < digit; other++) {
                assertThat(NearestCentroid.squaredDistance(centroids[digit], centroids[other]))
                        .as("%d and %d", digit, other)
                        .isGreaterThan(2);
            }
        }
    }

    @Test
    void refuseASizeBelowOneOrBeyondAnArray() {
        assertThatThrownBy(() -> GeneratedDigits.generate(1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("GeneratedDigits.trainSize: must be within 1..2739137. Found: 0");
        assertThatThrownBy(() -> GeneratedDigits.generatePortable(1, 1, 2739138))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("GeneratedDigits.validationSize: must be within 1..2739137. Found: 2739138");
    }

    /** Each image as its label and its pixels. */
    private static List<ByteBuffer> images(ImageSet set) {
        List<ByteBuffer> images = new ArrayList<>();
        float[] pixels = new float[set.pixelsPerImage()];
        for (int i = 0; i < set.size(); i++) {
            set.copyPixels(i, pixels, 0);
            byte[] bytes = new byte[1 + pixels.length];
            bytes[0] = (byte) set.label(i);
            for (int j = 0; j < pixels.length; j++) {
                bytes[1 + j] = (byte) Math.round(255 * pixels[j]);
            }
            images.add(ByteBuffer.wrap(bytes));
        }
        return images;
    }
}
