package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that take images. */
final class ImageRecipes {
    private ImageRecipes() {}

    static List<Recipe> all() {
        return List.of(
                layers(ConvolutionLayer.class, "", IMAGES, v -> new Layer[] {convolution(3), output()}),
                layers(Convolution2D.class, "", IMAGES, v -> new Layer[] {convolution2d(), pool(), output()}),
                layers(Deconvolution2D.class, "", IMAGES, v -> new Layer[] {
                    new Deconvolution2D.Builder(2, 2)
                            .nOut(3)
                            .stride(2, 2)
                            .activation(Activation.TANH)
                            .build(),
                    pool(),
                    output()
                }),
                layers(DepthwiseConvolution2D.class, "", IMAGES, v -> new Layer[] {
                    new DepthwiseConvolution2D.Builder(2, 2)
                            .depthMultiplier(2)
                            .nOut(4)
                            .activation(Activation.TANH)
                            .build(),
                    pool(),
                    output()
                }),
                layers(SeparableConvolution2D.class, "", IMAGES, v -> new Layer[] {
                    new SeparableConvolution2D.Builder(2, 2)
                            .depthMultiplier(2)
                            .nOut(3)
                            .activation(Activation.TANH)
                            .build(),
                    pool(),
                    output()
                }),
                around(SubsamplingLayer.class, "max", pooling(SubsamplingLayer.PoolingType.MAX)),
                around(SubsamplingLayer.class, "average", pooling(SubsamplingLayer.PoolingType.AVG)),
                layers(Pooling2D.class, "", IMAGES, v -> new Layer[] {convolution(3), pooling2d(), output()}),
                around(GlobalPoolingLayer.class, "max", new GlobalPoolingLayer.Builder(PoolingType.MAX)),
                around(GlobalPoolingLayer.class, "p-norm", new GlobalPoolingLayer.Builder(PoolingType.PNORM).pnorm(2)),
                around(Upsampling2D.class, "", new Upsampling2D.Builder(2)),
                around(ZeroPaddingLayer.class, "", new ZeroPaddingLayer.Builder(1, 1)),
                around(Cropping2D.class, "", new Cropping2D.Builder(1, 1)),
                around(SpaceToDepthLayer.class, "", new SpaceToDepthLayer.Builder<>(2)),
                around(LocalResponseNormalization.class, "", new LocalResponseNormalization.Builder()),
                spaceToBatch(),
                pixels(),
                boxes());
    }

    /** Between a convolution and dense layers. */
    private static Recipe around(Class<?> of, String detail, Layer.Builder<?> layer) {
        return layers(of, detail, IMAGES, v -> new Layer[] {convolution(3), layer.build(), Parts.dense(4), output()});
    }

    /** Each image becomes four examples. */
    private static Recipe spaceToBatch() {
        Examples.Values classes = Examples.classes();
        return new Recipe(
                        SpaceToBatchLayer.class,
                        "",
                        Examples.of(Examples.normal(IMAGES), (count, seed) -> classes.make(4 * count, seed)),
                        v -> Variant.layers(
                                v.bare(),
                                IMAGES,
                                convolution(3),
                                new SpaceToBatchLayer.Builder<>(new int[] {2, 2}).build(),
                                pool(),
                                output()))
                .expect(Expectation.refused(
                        "labels: must have one row for each example", "it turns each example into several"));
    }

    private static Recipe pixels() {
        return layers(
                CnnLossLayer.class,
                "",
                IMAGES,
                Examples.of(Examples.normal(IMAGES), Examples.fractions(2, 4, 4)),
                v -> new Layer[] {
                    convolution(2),
                    new CnnLossLayer.Builder(LossFunction.XENT)
                            .activation(Activation.SIGMOID)
                            .build()
                });
    }

    /** Two classes, two boxes for each cell of a grid of 2 by 2. */
    private static Recipe boxes() {
        return layers(
                Yolo2OutputLayer.class,
                "",
                IMAGES,
                Examples.of(Examples.normal(IMAGES), ImageRecipes::boxLabels),
                v -> {
                    ConvolutionLayer.Builder grid = new ConvolutionLayer.Builder(2, 2);
                    grid.nOut(2 * (5 + 2)).stride(2, 2).activation(Activation.IDENTITY);
                    return new Layer[] {
                        grid.build(),
                        new Yolo2OutputLayer.Builder()
                                .boundingBoxPriors(Nd4j.createFromArray(new float[][] {{0.8f, 0.6f}, {1.2f, 1.5f}}))
                                .build()
                    };
                });
    }

    /** An object in the cell at the top left, or at the bottom right: corners in cells, then its class. */
    private static INDArray boxLabels(int count, long seed) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, 4 + 2, 2, 2);
        for (int i = 0; i < count; i++) {
            int cell = (int) ((i + seed) % 2);
            labels.putScalar(new int[] {i, 0, cell, cell}, cell + 0.2);
            labels.putScalar(new int[] {i, 1, cell, cell}, cell + 0.1);
            labels.putScalar(new int[] {i, 2, cell, cell}, cell + 0.9);
            labels.putScalar(new int[] {i, 3, cell, cell}, cell + 0.7);
            labels.putScalar(new int[] {i, 4 + (i % 2), cell, cell}, 1);
        }
        return labels;
    }

    private static SubsamplingLayer.Builder pooling(SubsamplingLayer.PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(2, 2).stride(2, 2);
    }

    /** Has no builder of its own. */
    private static Layer convolution2d() {
        Convolution2D layer = new Convolution2D();
        layer.setNOut(3);
        layer.setKernelSize(new int[] {2, 2});
        layer.setStride(new int[] {1, 1});
        layer.setPadding(new int[] {0, 0});
        layer.setConvolutionMode(ConvolutionMode.Truncate);
        return layer;
    }

    private static Layer pooling2d() {
        Pooling2D layer = new Pooling2D();
        layer.setPoolingType(PoolingType.MAX);
        layer.setKernelSize(new int[] {2, 2});
        layer.setStride(new int[] {2, 2});
        layer.setPadding(new int[] {0, 0});
        layer.setConvolutionMode(ConvolutionMode.Truncate);
        return layer;
    }
}
