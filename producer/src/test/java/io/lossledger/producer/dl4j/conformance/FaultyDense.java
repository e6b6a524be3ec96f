package io.lossledger.producer.dl4j.conformance;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A dense layer whose backward pass has a mistake. */
@SuppressWarnings("serial") // never read back
final class FaultyDense extends DenseLayer {
    private final Fault fault;

    /** What is wrong. */
    enum Fault {
        /** Nothing, for comparison. */
        NONE,
        STEEP_WEIGHTS,
        STEEP_BIAS,
        /** The gradient of one weight is missing. */
        MISSING_WEIGHT,
        /** What the layer before gets is wrong. */
        STEEP_INPUT
    }

    FaultyDense(int neurons, Fault fault) {
        this.fault = fault;
        setNOut(neurons);
        setActivationFn(Activation.TANH.getActivationFunction());
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Faulty layer = new Faulty(configuration, type, fault);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        Map<String, INDArray> table = initializer().init(configuration, parameters, initialize);
        layer.setParamTable(table);
        layer.setConf(configuration);
        return layer;
    }

    private static final class Faulty extends org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer {
        private static final double STEEPER = 1.01;

        private final Fault fault;

        Faulty(NeuralNetConfiguration configuration, DataType type, Fault fault) {
            super(configuration, type);
            this.fault = fault;
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaces);
            switch (fault) {
                case STEEP_WEIGHTS -> view("W").muli(STEEPER);
                case STEEP_BIAS -> view("b").muli(STEEPER);
                case MISSING_WEIGHT -> view("W").putScalar(0, 0);
                case STEEP_INPUT -> result.getSecond().muli(STEEPER);
                case NONE -> {}
            }
            return result;
        }

        private INDArray view(String parameter) {
            return Objects.requireNonNull(gradientViews.get(parameter));
        }
    }
}
