package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImageSetTest {

    private static final byte[] PIXELS = {0, 51, (byte) 255, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    private static final byte[] LABELS = {2, 0, 1};

    private final ImageSet set = ImageSet.of(PIXELS, LABELS, 1, 2, 2, 3);

    @Test
    void describesItsShape() {
        assertThat(set.size()).isEqualTo(3);
        assertThat(set.channels()).isEqualTo(1);
        assertThat(set.height()).isEqualTo(2);
        assertThat(set.width()).isEqualTo(2);
        assertThat(set.classes()).isEqualTo(3);
        assertThat(set.pixelsPerImage()).isEqualTo(4);
        assertThat(set).hasToString("3 images of 1x2x2 in 3 classes");
    }

    @Test
    void scalesUnsignedPixelsToOne() {
        float[] target = {-1, -1, -1, -1, -1, -1};
        set.copyPixels(0, target, 1);
        assertThat(target).containsExactly(-1, 0, 0.2f, 1, 1 / 255f, -1);
    }

    @Test
    void readsLabelsAsUnsigned() {
        assertThat(ImageSet.of(new byte[1], new byte[] {(byte) 200}, 1, 1, 1, 256)
                        .label(0))
                .isEqualTo(200);
    }

    @Test
    void slicesKeepPixelsAndLabelsTogether() {
        ImageSet slice = set.slice(1, 3).slice(1, 2);
        float[] target = new float[4];
        slice.copyPixels(0, target, 0);
        assertThat(slice.size()).isEqualTo(1);
        assertThat(slice.label(0)).isEqualTo(1);
        assertThat(target).containsExactly(6 / 255f, 7 / 255f, 8 / 255f, 9 / 255f);
    }

    @Test
    void firstIsASliceFromTheStart() {
        ImageSet first = set.first(2);
        assertThat(first.size()).isEqualTo(2);
        assertThat(first.label(0)).isEqualTo(2);
        assertThat(first.label(1)).isEqualTo(0);
    }

    @Test
    void doesNotSeeLaterChangesOfItsSource() {
        byte[] pixels = PIXELS.clone();
        byte[] labels = LABELS.clone();
        ImageSet copy = ImageSet.of(pixels, labels, 1, 2, 2, 3);
        pixels[0] = 77;
        labels[0] = 0;
        float[] target = new float[4];
        copy.copyPixels(0, target, 0);
        assertThat(target[0]).isZero();
        assertThat(copy.label(0)).isEqualTo(2);
    }

    @Test
    void refusesAnImageItDoesNotHave() {
        assertThatThrownBy(() -> set.label(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> set.first(2).label(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> set.copyPixels(-1, new float[4], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> set.copyPixels(0, new float[4], 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesAnEmptyOrImpossibleSlice() {
        assertThatThrownBy(() -> set.slice(1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImageSet.slice: must be a range of at least one image within 0..3. Found: 1..1");
        assertThatThrownBy(() -> set.slice(-1, 1))
                .hasMessage("ImageSet.slice: must be a range of at least one image within 0..3. Found: -1..1");
        assertThatThrownBy(() -> set.slice(0, 4))
                .hasMessage("ImageSet.slice: must be a range of at least one image within 0..3. Found: 0..4");
        assertThatThrownBy(() -> set.first(4)).hasMessage("ImageSet.first: must be within 1..3. Found: 4");
        assertThatThrownBy(() -> set.first(0)).hasMessage("ImageSet.first: must be within 1..3. Found: 0");
    }

    @Test
    void refusesALabelBeyondTheClasses() {
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 1, 2, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImageSet.labels: must be within 0..1. Found: 2 at index 0");
    }

    @Test
    void refusesSizesThatDisagree() {
        assertThatThrownBy(() -> ImageSet.of(PIXELS, new byte[2], 1, 2, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImageSet.pixels: must hold 2 x 1 x 2 x 2 values. Found: 12");
        int big = Integer.MAX_VALUE;
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, big, big, big, 3))
                .hasMessage("ImageSet.pixels: must hold 3 x " + big + " x " + big + " x " + big + " values. Found: 12");
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 1, big, big, 3))
                .hasMessage("ImageSet.pixels: must hold 3 x 1 x " + big + " x " + big + " values. Found: 12");
    }

    @Test
    void refusesNoImagesAndDimensionsBelowOne() {
        assertThatThrownBy(() -> ImageSet.of(new byte[0], new byte[0], 1, 2, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImageSet.labels: must hold at least one label. Found: 0");
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 0, 2, 2, 3))
                .hasMessage("ImageSet.channels: must be at least 1. Found: 0");
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 1, -1, 2, 3))
                .hasMessage("ImageSet.height: must be at least 1. Found: -1");
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 1, 2, 0, 3))
                .hasMessage("ImageSet.width: must be at least 1. Found: 0");
        assertThatThrownBy(() -> ImageSet.of(PIXELS, LABELS, 1, 2, 2, 257))
                .hasMessage("ImageSet.classes: must be within 1..256. Found: 257");
    }

    @Test
    void holdsOutAtLeastOneImage() {
        assertThat(set.holdOutLast(2).train().size()).isEqualTo(2);
        assertThat(set.holdOutLast(10).validation().size()).isEqualTo(1);
        assertThat(set.holdOutLast(10).validation().label(0)).isEqualTo(set.label(2));
        assertThatThrownBy(() -> set.holdOutLast(1)).hasMessage("ImageSet.holdOutLast: must be at least 2. Found: 1");
    }

    @Test
    void aSplitHasSetsOfTheSameShape() {
        ImageSet other = ImageSet.of(new byte[12], new byte[3], 1, 4, 1, 3);
        assertThat(new ImageSplit(set, set.first(1)).validation().size()).isEqualTo(1);
        assertThatThrownBy(() -> new ImageSplit(set, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ImageSplit.validation: must have the shape of the training images,"
                        + " 1x2x2 in 3 classes. Found: 1x4x1 in 3 classes");
    }

    @Test
    void addsAllThatDistinguishesItToADigest() {
        byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] labels = {0, 1};
        ImageSet set = ImageSet.of(pixels, labels, 1, 2, 2, 3);
        List<ImageSet> others = List.of(
                ImageSet.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 9}, labels, 1, 2, 2, 3),
                ImageSet.of(pixels, new byte[] {0, 2}, 1, 2, 2, 3),
                ImageSet.of(pixels, labels, 1, 2, 2, 4),
                ImageSet.of(pixels, labels, 1, 1, 4, 3),
                set.first(1),
                set.slice(1, 2));

        assertThat(Stream.concat(Stream.of(set), others.stream()).map(ImageSetTest::digest))
                .doesNotHaveDuplicates();
        assertThat(digest(set.slice(1, 2)))
                .isEqualTo(digest(ImageSet.of(new byte[] {5, 6, 7, 8}, new byte[] {1}, 1, 2, 2, 3)));
    }

    private static String digest(ImageSet set) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            set.addTo(digest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
