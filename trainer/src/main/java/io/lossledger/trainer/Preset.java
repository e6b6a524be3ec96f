package io.lossledger.trainer;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.trainer.data.GeneratedDigits;
import io.lossledger.trainer.data.GeneratedShapes;
import io.lossledger.trainer.data.ImageSplit;
import java.util.List;
import java.util.Locale;

/**
 * The networks of the LCA paper. All have ReLU activations, a softmax output and He-normal initialisation. Dropout,
 * which two of them have in the authors' code, is omitted.
 *
 * <p>Source: Lan, Liu, Zhou, Yosinski, "LCA: Loss Change Allocation for Neural Network Training", 2019, sections 3 and S3;
 * numbers of parameters from there.
 */
public enum Preset {
    /** 784-100-50-10, fully connected: 84,060 parameters on MNIST. */
    MNIST_FC(0.05, 0.02, 0.001, 0.001),
    /** Two convolutions of 5 x 5 with same-padding, each with a pool, and two dense layers: 808,970 parameters on MNIST. */
    MNIST_LENET(0.05, 0.02, 0.001, 0.001),
    /** Nine residual blocks with batch norm: 273,066 parameters on CIFAR-10. */
    CIFAR_RESNET20(0.1, 0.02, 0.001, 0.001),
    /** Convolutions alone, batch norm after those that are not strided: 1,371,658 parameters on CIFAR-10. */
    CIFAR_ALLCNN(0.05, 0.02, 0.001, 0.001);

    private static final int GENERATED_TRAIN = 5_000;
    private static final int GENERATED_VALIDATION = 1_000;

    private final double sgdRate;
    private final double momentumRate;
    private final double rmspropRate;
    private final double adamRate;

    Preset(double sgdRate, double momentumRate, double rmspropRate, double adamRate) {
        this.sgdRate = sgdRate;
        this.momentumRate = momentumRate;
        this.rmspropRate = rmspropRate;
        this.adamRate = adamRate;
    }

    /** The names of the layers with parameters, from input to output. */
    public List<String> layers() {
        return switch (this) {
            case MNIST_FC -> FullyConnected.LAYERS;
            case MNIST_LENET -> LeNet.LAYERS;
            case CIFAR_RESNET20 -> ResNet20.LAYERS;
            case CIFAR_ALLCNN -> AllCnn.LAYERS;
        };
    }

    public double defaultLearningRate(Optimizer optimizer) {
        return switch (optimizer) {
            case SGD -> sgdRate;
            case MOMENTUM -> momentumRate;
            case RMSPROP -> rmspropRate;
            case ADAM -> adamRate;
        };
    }

    /**
     * The number of images that an objective evaluates together by default. With batch norm, as many as fit in half of
     * 2 GiB: the number must not depend on the heap, because it is part of the loss.
     */
    public int defaultChunkExamples() {
        return takesColour() ? 250 : EvaluationPool.CHUNK_EXAMPLES;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean takesColour() {
        return this == CIFAR_RESNET20 || this == CIFAR_ALLCNN;
    }

    String generatedName() {
        return takesColour() ? "generated-shapes" : "generated-digits";
    }

    /** Generated images for training without a download. */
    ImageSplit generate(long seed) {
        return generate(seed, GENERATED_TRAIN);
    }

    /** Generates the requested number of training images, at least 1; smaller numbers give the same first images. */
    ImageSplit generate(long seed, int trainSize) {
        return takesColour()
                ? GeneratedShapes.generate(seed, trainSize, GENERATED_VALIDATION)
                : GeneratedDigits.generate(seed, trainSize, GENERATED_VALIDATION);
    }
}
