package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.pool;
import static io.lossledger.producer.dl4j.conformance.Recipe.layers;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that take volumes. */
final class VolumeRecipes {
    private static final InputType VOLUMES = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 3, 3, 2);

    private VolumeRecipes() {}

    static List<Recipe> all() {
        return List.of(
                layers(Convolution3D.class, "", VOLUMES, v -> new Layer[] {convolution(2), pool(), output()}),
                around(
                        Deconvolution3D.class,
                        new Deconvolution3D.Builder()
                                .kernelSize(2, 2, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .nOut(2)
                                .activation(Activation.TANH)),
                around(
                        Subsampling3DLayer.class,
                        new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.MAX)
                                .kernelSize(2, 2, 2)
                                .stride(1, 1, 1)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)),
                around(Upsampling3D.class, new Upsampling3D.Builder(2).dataFormat(Convolution3D.DataFormat.NCDHW)),
                around(ZeroPadding3DLayer.class, new ZeroPadding3DLayer.Builder(1)),
                around(Cropping3D.class, new Cropping3D.Builder(0, 1, 0, 1, 0, 1)),
                layers(
                        Cnn3DLossLayer.class,
                        "",
                        VOLUMES,
                        Examples.of(Examples.normal(VOLUMES), Examples.fractions(2, 2, 2, 2)),
                        v -> new Layer[] {
                            convolution(2),
                            new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                                    .lossFunction(LossFunction.MSE)
                                    .activation(Activation.SIGMOID)
                                    .build()
                        }));
    }

    private static Recipe around(Class<?> of, Layer.Builder<?> layer) {
        return layers(of, "", VOLUMES, v -> new Layer[] {convolution(2), layer.build(), pool(), output()});
    }

    private static Layer convolution(int channels) {
        return new Convolution3D.Builder(2, 2, 2)
                .nOut(channels)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .activation(Activation.TANH)
                .build();
    }
}
