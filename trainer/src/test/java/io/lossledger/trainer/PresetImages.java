package io.lossledger.trainer;

import io.lossledger.trainer.data.GeneratedDigits;
import io.lossledger.trainer.data.GeneratedShapes;
import io.lossledger.trainer.data.ImageSet;

/**
 * What the presets are tested on. Networks for colour images get the middle 12 x 12 pixels: the same layers and parameters at a seventh
 * of the work. With {@code lossledger.long} set to {@code true} they get the whole images.
 */
final class PresetImages {
    private static final boolean WHOLE = Boolean.getBoolean("lossledger.long");
    private static final int SIDE = 12;

    private PresetImages() {}

    static ImageSet of(Preset preset, int count) {
        if (!preset.takesColour()) {
            return GeneratedDigits.generatePortable(1, count, 1).train();
        }
        ImageSet shapes = GeneratedShapes.generate(1, count, 1).train();
        return WHOLE ? shapes : middle(shapes);
    }

    private static ImageSet middle(ImageSet images) {
        int left = (images.width() - SIDE) / 2;
        int top = (images.height() - SIDE) / 2;
        byte[] pixels = new byte[images.size() * images.channels() * SIDE * SIDE];
        byte[] labels = new byte[images.size()];
        float[] image = new float[images.pixelsPerImage()];
        int next = 0;
        for (int i = 0; i < images.size(); i++) {
            labels[i] = (byte) images.label(i);
            images.copyPixels(i, image, 0);
            for (int row = 0; row < images.channels() * SIDE; row++) {
                int line = row / SIDE * images.height() + top + row % SIDE;
                for (int column = left; column < left + SIDE; column++) {
                    pixels[next++] = (byte) Math.round(255 * image[line * images.width() + column]);
                }
            }
        }
        return ImageSet.of(pixels, labels, images.channels(), SIDE, SIDE, images.classes());
    }
}
