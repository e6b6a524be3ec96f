package io.lossledger.producer.evaluate;

import static io.lossledger.producer.evaluate.KindNetworks.layers;
import static io.lossledger.producer.evaluate.KindNetworks.output;
import static io.lossledger.producer.evaluate.KindNetworks.pointwise;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer.PoolingType;
import org.nd4j.linalg.activations.Activation;

/** Convolutions and pools with windows of all kinds over images of several sizes. */
final class PlanWindowCases {
    private PlanWindowCases() {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Geometry(int height, int width, int[] kernel, int[] stride, int[] padding, ConvolutionMode mode) {
        @Override
        public String toString() {
            return mode + " " + height + "x" + width + ", kernel " + kernel[0] + "x" + kernel[1] + ", stride "
                    + stride[0] + "x" + stride[1] + ", padding " + padding[0] + "x" + padding[1];
        }

        InputType input() {
            return InputType.convolutional(height, width, 2);
        }
    }

    private static final List<Geometry> GEOMETRIES = List.of(
            same(5, 7, 3, 2, 2, 2),
            same(6, 8, 2, 4, 1, 1),
            same(6, 6, 2, 2, 2, 2),
            same(7, 5, 5, 5, 2, 3),
            same(6, 8, 1, 1, 2, 2),
            same(9, 5, 2, 3, 3, 1),
            same(2, 3, 5, 5, 1, 1),
            padded(ConvolutionMode.Truncate, 7, 6, 3, 3, 2, 2, 1, 2),
            padded(ConvolutionMode.Truncate, 5, 8, 2, 3, 2, 3, 0, 0),
            padded(ConvolutionMode.Truncate, 5, 8, 2, 1, 3, 2, 1, 0),
            padded(ConvolutionMode.Truncate, 4, 5, 4, 5, 1, 1, 3, 2),
            padded(ConvolutionMode.Strict, 7, 5, 3, 3, 2, 2, 1, 0),
            padded(ConvolutionMode.Strict, 4, 6, 4, 6, 1, 1, 0, 0));

    static List<NetworkCase> all() {
        List<NetworkCase> cases = new ArrayList<>();
        for (Geometry geometry : GEOMETRIES) {
            cases.add(layers("convolution, " + geometry, geometry.input(), convolution(geometry), output()));
            cases.add(pooled("max pool, ", geometry, PoolingType.MAX, false));
            cases.add(pooled("average pool, ", geometry, PoolingType.AVG, false));
            cases.add(pooled("average pool with padding, ", geometry, PoolingType.AVG, true));
        }
        Geometry around = padded(ConvolutionMode.Truncate, 3, 4, 1, 2, 1, 2, 1, 2);
        cases.add(layers("convolution, " + around, around.input(), convolution(around), output()));
        return cases;
    }

    private static NetworkCase pooled(String name, Geometry geometry, PoolingType type, boolean countsPadding) {
        SubsamplingLayer.Builder pool = new SubsamplingLayer.Builder(type);
        pool.kernelSize(geometry.kernel())
                .stride(geometry.stride())
                .padding(geometry.padding())
                .convolutionMode(geometry.mode())
                .avgPoolIncludePadInDivisor(countsPadding);
        // Values of both signs, so that padding of zeros could win.
        return layers(name + geometry, geometry.input(), pointwise(3), pool.build(), output());
    }

    private static ConvolutionLayer convolution(Geometry geometry) {
        ConvolutionLayer.Builder convolution = new ConvolutionLayer.Builder(geometry.kernel());
        return convolution
                .stride(geometry.stride())
                .padding(geometry.padding())
                .convolutionMode(geometry.mode())
                .nOut(3)
                .activation(Activation.TANH)
                .build();
    }

    private static Geometry same(
            int height, int width, int kernelHeight, int kernelWidth, int rowStride, int columnStride) {
        return padded(ConvolutionMode.Same, height, width, kernelHeight, kernelWidth, rowStride, columnStride, 0, 0);
    }

    private static Geometry padded(
            ConvolutionMode mode,
            int height,
            int width,
            int kernelHeight,
            int kernelWidth,
            int rowStride,
            int columnStride,
            int rows,
            int columns) {
        return new Geometry(
                height,
                width,
                new int[] {kernelHeight, kernelWidth},
                new int[] {rowStride, columnStride},
                new int[] {rows, columns},
                mode);
    }
}
