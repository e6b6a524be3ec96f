package io.lossledger.producer.plan;

import java.util.Arrays;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A frozen batch norm that propagates the gradient of what it computes. It uses running statistics, so each channel is
 * scaled by a constant, but DL4J's backward pass is that of batch statistics. For evaluation only, in one process:
 * cannot be written to JSON.
 */
final class FrozenBatchNorm extends FrozenLayerWithBackprop {
    private static final long serialVersionUID = 1L;

    FrozenBatchNorm(BatchNormalization norm) {
        super(norm);
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        Layer frozen = super.instantiate(
                conf, trainingListeners, layerIndex, layerParamsView, initializeParams, networkDataType);
        return new InTestMode(((org.deeplearning4j.nn.layers.FrozenLayerWithBackprop) frozen).getInsideLayer());
    }

    private static final class InTestMode extends org.deeplearning4j.nn.layers.FrozenLayerWithBackprop {
        private static final long serialVersionUID = 1L;

        InTestMode(Layer norm) {
            super(norm);
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
            BatchNormalization norm = (BatchNormalization) underlying.conf().getLayer();
            boolean channelsLast = epsilon.rank() == 4 && norm.getCnn2DFormat() == CNN2DFormat.NHWC;
            long[] shape = new long[epsilon.rank()];
            Arrays.fill(shape, 1);
            shape[channelsLast ? 3 : 1] = norm.getNOut();
            INDArray scaled = epsilon.mul(scale(norm).reshape(shape));
            return new Pair<>(new DefaultGradient(), workspaceMgr.leverageTo(ArrayType.ACTIVATION_GRAD, scaled));
        }

        private INDArray scale(BatchNormalization norm) {
            INDArray variance;
            if (norm.isUseLogStd()) {
                // 10 to the power of 2·log10(σ)
                INDArray logarithm = underlying.getParam(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
                variance = Transforms.exp(logarithm.mul(2 * Math.log(10)));
            } else {
                variance = underlying.getParam(BatchNormalizationParamInitializer.GLOBAL_VAR);
            }
            INDArray inverse = Transforms.pow(variance.add(norm.getEps()), -0.5);
            return norm.isLockGammaBeta()
                    ? inverse.mul(norm.getGamma())
                    : inverse.mul(underlying.getParam(BatchNormalizationParamInitializer.GAMMA));
        }
    }
}
