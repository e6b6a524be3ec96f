package io.lossledger.trainer;

import io.lossledger.producer.evaluate.Examples;
import io.lossledger.trainer.data.ImageSet;
import java.util.Arrays;

/** Images as {@link TrainingSet#rows} gives them, one by one. */
final class ImageExamples implements Examples {
    private final ImageSet images;

    ImageExamples(ImageSet images) {
        this.images = images;
    }

    @Override
    public int featureCount() {
        return images.pixelsPerImage();
    }

    @Override
    public int labelCount() {
        return images.classes();
    }

    @Override
    public void readFeatures(int index, float[] into, int at) {
        images.copyPixels(index, into, at);
    }

    @Override
    public void readLabels(int index, float[] into, int at) {
        Arrays.fill(into, at, at + images.classes(), 0);
        into[at + images.label(index)] = 1;
    }
}
