package io.lossledger.trainer.data;

/**
 * Images to train on and images to validate with.
 *
 * @param train the training images
 * @param validation images of the same shape and number of classes that training never sees
 */
public record ImageSplit(ImageSet train, ImageSet validation) {

    /**
     * Checks that both sets fit the same model.
     *
     * @throws IllegalArgumentException if channels, height, width or classes differ
     */
    public ImageSplit {
        if (!train.shape().equals(validation.shape())) {
            throw new IllegalArgumentException("ImageSplit.validation: must have the shape of the training images, "
                    + train.shape() + ". Found: " + validation.shape());
        }
    }
}
