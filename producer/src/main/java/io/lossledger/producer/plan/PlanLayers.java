package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Pool;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Shape;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.plan.PlanValue.Form;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * Turns layers of the evaluation's configuration into nodes of a plan. Refuses everything that it does not know
 * exactly.
 */
final class PlanLayers {
    private final PlanNodes nodes;

    PlanLayers(PlanNodes nodes) {
        this.nodes = nodes;
    }

    /**
     * Adds the nodes of a layer without a loss. A subclass counts as a different layer.
     *
     * @param parameters where the layer's parameters are; names the layer
     * @return the layer's output
     * @throws NotPlannableException when the layer or one of its settings is unknown
     */
    PlanValue add(Layer layer, ParameterViews parameters, PlanValue in) {
        String owner = parameters.owner();
        Class<?> kind = layer.getClass();
        if (kind == DenseLayer.class) {
            DenseLayer dense = (DenseLayer) layer;
            require(!dense.hasLayerNorm(), owner, "has layer norm");
            return nodes.activate(owner, dense.getActivationFn(), dense(dense, dense.hasBias(), parameters, in));
        }
        if (kind == ConvolutionLayer.class) {
            ConvolutionLayer convolution = (ConvolutionLayer) layer;
            return nodes.activate(owner, convolution.getActivationFn(), convolution(convolution, parameters, in));
        }
        if (kind == SubsamplingLayer.class) {
            return pooling((SubsamplingLayer) layer, owner, in);
        }
        if (kind == GlobalPoolingLayer.class) {
            return globalPooling((GlobalPoolingLayer) layer, owner, in);
        }
        if (kind == BatchNormalization.class) {
            return norm((BatchNormalization) layer, parameters, in);
        }
        if (kind == ActivationLayer.class) {
            return nodes.activate(owner, ((ActivationLayer) layer).getActivationFn(), in);
        }
        if (kind == DropoutLayer.class) {
            PlanNodes.requireRead(owner, in);
            return in; // without its dropout; DL4J ignores its activation function
        }
        throw new NotPlannableException(owner + " is unknown");
    }

    /** Adds the linear part of a dense layer. */
    PlanValue dense(FeedForwardLayer layer, boolean hasBias, ParameterViews parameters, PlanValue in) {
        String owner = parameters.owner();
        require(in.isVector() && in.shape().size() == layer.getNIn(), owner, "takes " + in);
        Shape out = new Shape(Math.toIntExact(layer.getNOut()), 1, 1);
        int weights = parameters.dense("W", in.shape().channels(), out.channels());
        int bias = parameters.channels(hasBias, "b", out.channels());
        return nodes.add(new Convolution(in.node(), in.shape(), out, Window.ONE, weights, bias), Form.VECTOR);
    }

    private PlanValue convolution(ConvolutionLayer layer, ParameterViews parameters, PlanValue in) {
        String owner = parameters.owner();
        requireImages(owner, layer.getCnn2dDataFormat(), in);
        require(in.shape().channels() == layer.getNIn(), owner, "takes " + in);
        PlanWindow places = PlanWindow.of(
                owner,
                in.shape(),
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        Window window = places.window();
        Shape out = new Shape(Math.toIntExact(layer.getNOut()), places.rows(), places.columns());
        int weights = parameters.kernels("W", out.channels(), in.shape().channels(), window.height(), window.width());
        int bias = parameters.channels(layer.hasBias(), "b", out.channels());
        return nodes.add(new Convolution(in.node(), in.shape(), out, window, weights, bias), Form.IMAGE);
    }

    private PlanValue pooling(SubsamplingLayer layer, String owner, PlanValue in) {
        requireImages(owner, layer.getCnn2dDataFormat(), in);
        Pool kind = kind(layer.getPoolingType(), owner);
        if (kind == Pool.AVERAGE && layer.isAvgPoolIncludePadInDivisor()) {
            kind = Pool.AVERAGE_WITH_PADDING;
        }
        PlanWindow places = PlanWindow.of(
                owner,
                in.shape(),
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        Window window = places.window();
        // A window entirely outside the image has neither a maximum nor a mean.
        require(
                window.top() < window.height() && window.left() < window.width(),
                owner,
                "has as much padding as its window");
        Shape out = new Shape(in.shape().channels(), places.rows(), places.columns());
        return nodes.add(new Pooling(in.node(), in.shape(), out, window, kind), Form.IMAGE);
    }

    private PlanValue globalPooling(GlobalPoolingLayer layer, String owner, PlanValue in) {
        requireImages(owner, CNN2DFormat.NCHW, in);
        int[] dimensions = layer.getPoolingDimensions();
        require(
                dimensions == null || Arrays.equals(dimensions, new int[] {2, 3}),
                owner,
                "pools the dimensions " + Arrays.toString(dimensions));
        require(layer.isCollapseDimensions(), owner, "keeps the dimensions it pools");
        Window window = new Window(in.shape().height(), in.shape().width(), 1, 1, 0, 0);
        Shape out = new Shape(in.shape().channels(), 1, 1);
        Pool kind = kind(layer.getPoolingType(), owner);
        return nodes.add(new Pooling(in.node(), in.shape(), out, window, kind), Form.VECTOR);
    }

    private PlanValue norm(BatchNormalization layer, ParameterViews parameters, PlanValue in) {
        String owner = parameters.owner();
        PlanNodes.requireRead(owner, in);
        require(layer.getCnn2DFormat() == CNN2DFormat.NCHW, owner, "has channels last");
        int channels = in.shape().channels();
        require(layer.getNOut() == channels, owner, "takes " + in);
        boolean learned = !layer.isLockGammaBeta();
        // DL4J uses locked values only if neither is the default. It ignores an activation function.
        boolean fixed = layer.getGamma() != 1 && layer.getBeta() != 0;
        BatchNorm norm = new BatchNorm(
                in.node(),
                in.shape(),
                parameters.channels(learned, "gamma", channels),
                parameters.channels(learned, "beta", channels),
                fixed ? layer.getGamma() : 1,
                fixed ? layer.getBeta() : 0,
                layer.getEps());
        return nodes.add(norm, in.form());
    }

    private static Pool kind(PoolingType type, String owner) {
        return switch (type) {
            case MAX -> Pool.MAX;
            case AVG -> Pool.AVERAGE;
            default -> throw new NotPlannableException(owner + " pools by " + type);
        };
    }

    private static void requireImages(String owner, CNN2DFormat format, PlanValue in) {
        require(format == CNN2DFormat.NCHW, owner, "has channels last");
        require(in.isImage(), owner, "takes " + in);
    }

    private static void require(boolean met, String owner, String found) {
        if (!met) {
            throw new NotPlannableException(owner + " " + found);
        }
    }
}
