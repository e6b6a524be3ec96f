package io.lossledger.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.trainer.data.ImageSet;
import org.junit.jupiter.api.Test;

class StratifiedSampleTest {
    /** 60 images of class 0, 30 of class 1, 10 of class 2, mixed. */
    private static final ImageSet IMAGES = images();

    @Test
    void holdsEveryClassInProportion() {
        assertThat(counts(StratifiedSample.of(IMAGES, 20, 1))).containsExactly(12, 6, 2);
    }

    @Test
    void givesTheRestToTheLargestRemainders() {
        // Shares 4.2, 2.1 and 0.7.
        assertThat(counts(StratifiedSample.of(IMAGES, 7, 1))).containsExactly(4, 2, 1);
    }

    @Test
    void drawsEachImageOnceAndInOrder() {
        assertThat(StratifiedSample.of(IMAGES, 50, 1)).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void dependsOnTheSeedAlone() {
        int[] sample = StratifiedSample.of(IMAGES, 20, 1);

        assertThat(StratifiedSample.of(IMAGES, 20, 1)).isEqualTo(sample);
        assertThat(StratifiedSample.of(IMAGES, 20, 2)).isNotEqualTo(sample);
    }

    @Test
    void takesAllWhenZeroOrMoreThanAllAreRequested() {
        assertThat(StratifiedSample.of(IMAGES, 0, 1)).hasSize(100).isSorted();
        assertThat(StratifiedSample.of(IMAGES, 1_000, 1)).hasSize(100);
    }

    private static int[] counts(int[] sample) {
        int[] counts = new int[3];
        for (int index : sample) {
            counts[IMAGES.label(index)]++;
        }
        return counts;
    }

    private static ImageSet images() {
        byte[] labels = new byte[100];
        for (int i = 0; i < labels.length; i++) {
            int mixed = i * 37 % 100;
            labels[i] = (byte) (mixed < 60 ? 0 : mixed < 90 ? 1 : 2);
        }
        return ImageSet.of(new byte[100], labels, 1, 1, 1, 3);
    }
}
