package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.Shape;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;

/** Handles the preprocessors that read rows as images and images as rows; none of them moves a number. Stateless. */
final class PlanPreprocessor {
    private PlanPreprocessor() {}

    /**
     * @param owner the layer or vertex after it, for error messages
     * @throws NotPlannableException when the preprocessor does anything else
     */
    static PlanValue apply(@Nullable InputPreProcessor preprocessor, String owner, PlanValue in) {
        if (preprocessor == null) {
            return in;
        }
        if (preprocessor.getClass() == ComposableInputPreProcessor.class) {
            PlanValue value = in;
            for (InputPreProcessor part : ((ComposableInputPreProcessor) preprocessor).getInputPreProcessors()) {
                value = apply(part, owner, value);
            }
            return value;
        }
        if (preprocessor.getClass() == FeedForwardToCnnPreProcessor.class) {
            FeedForwardToCnnPreProcessor toImage = (FeedForwardToCnnPreProcessor) preprocessor;
            PlanValue image =
                    in.asImage(shape(toImage.getNumChannels(), toImage.getInputHeight(), toImage.getInputWidth()));
            boolean fits = in.equals(image)
                    || (in.isVector() && in.shape().size() == image.shape().size());
            return require(fits, owner, in, image);
        }
        if (preprocessor.getClass() == CnnToFeedForwardPreProcessor.class
                && ((CnnToFeedForwardPreProcessor) preprocessor).getFormat() == CNN2DFormat.NCHW) {
            CnnToFeedForwardPreProcessor toVector = (CnnToFeedForwardPreProcessor) preprocessor;
            Shape expected = shape(toVector.getNumChannels(), toVector.getInputHeight(), toVector.getInputWidth());
            // Without a size it uses that of the first batch.
            boolean fits = in.isVector()
                    || (in.isImage() && (expected.equals(new Shape(0, 0, 0)) || expected.equals(in.shape())));
            return require(fits, owner, in, in.asVector());
        }
        throw new NotPlannableException(preprocessor.getClass().getSimpleName() + " before " + owner + " is unknown");
    }

    private static PlanValue require(boolean fits, String owner, PlanValue in, PlanValue out) {
        if (!fits) {
            throw new NotPlannableException("the preprocessor of " + owner + " makes " + out + " of " + in);
        }
        return out;
    }

    private static Shape shape(long channels, long height, long width) {
        return new Shape(Math.toIntExact(channels), Math.toIntExact(height), Math.toIntExact(width));
    }
}
