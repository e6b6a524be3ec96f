package io.lossledger.producer.dl4j;

import io.lossledger.producer.evaluate.FlatArrays;
import java.util.List;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * One update of the parameters that share an optimizer's settings, and the parts of it that momentum and weight decay
 * caused. Here c is what regularisation added to the gradient, w is weight decay after the optimizer, and m and v are
 * the optimizer's state:
 *
 * <table>
 * <caption>Parts of an update, as DL4J 1.0.0-M2.1 forms it</caption>
 * <tr><th>optimizer</th><th>momentum</th><th>decay</th></tr>
 * <tr><td>Sgd</td><td>0</td><td>−ηc − w</td></tr>
 * <tr><td>Nesterovs</td><td>μ²v</td><td>−(1 + μ)ηc − w</td></tr>
 * <tr><td>RmsProp</td><td>0</td><td>−ηc / (√v′ + ε) − w</td></tr>
 * <tr><td>Adam</td><td>−αβ₁m / (√v′ + ε)</td><td>−α(1 − β₁)c / (√v′ + ε) − w</td></tr>
 * </table>
 */
final class BlockUpdate {
    private final UpdaterBlock block;
    private final IUpdater updater;
    private final int iteration;
    private final int epoch;
    private final double learningRate;
    private final double[] before;
    private final double[] added;
    private final double[] decayed;

    /** Reads the parameters and the state before the update. */
    BlockUpdate(UpdaterBlock block, int iteration, int epoch) {
        this.block = block;
        this.updater = config(block);
        this.iteration = iteration;
        this.epoch = epoch;
        this.learningRate = updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : 1;
        this.before = state(block);
        this.added = regularization(ApplyStep.BEFORE_UPDATER);
        this.decayed = regularization(ApplyStep.POST_UPDATER);
    }

    static void requireKnown(UpdaterBlock block) {
        IUpdater updater = config(block);
        boolean known = updater.getClass() == Sgd.class
                || updater.getClass() == Nesterovs.class
                || updater.getClass() == Adam.class
                || updater.getClass() == RmsProp.class
                || updater.getClass() == NoOp.class;
        if (updater instanceof NoOp && hasDecay(block)) {
            throw new IllegalArgumentException(
                    "update parts: the optimizer must not be NoOp with regularization, because"
                            + " regularization alone would change the parameters. Found: NoOp");
        }
        if (!known) {
            throw new IllegalArgumentException(
                    "update parts: the optimizer must be Sgd, Nesterovs, Adam, RmsProp or NoOp. Found: "
                            + updater.getClass().getSimpleName());
        }
    }

    static boolean hasMomentum(UpdaterBlock block) {
        return config(block) instanceof Nesterovs || config(block) instanceof Adam;
    }

    static boolean hasDecay(UpdaterBlock block) {
        return block.getLayersAndVariablesInBlock().stream()
                .anyMatch(parameter -> !regularizations(parameter).isEmpty());
    }

    /** Adds the parts to vectors over all parameters. Called after the update has changed the optimizer's state. */
    void addTo(double[] momentum, double[] decay) {
        double[] after = state(block);
        int from = block.getParamOffsetStart();
        int count = block.getParamOffsetEnd() - from;
        for (int i = 0; i < count; i++) {
            if (updater instanceof Nesterovs nesterovs) {
                double mu = nesterovs.currentMomentum(iteration, epoch);
                momentum[from + i] += mu * mu * before[i];
                decay[from + i] -= (1 + mu) * learningRate * added[i] + decayed[i];
            } else if (updater instanceof Adam adam) {
                double scale = rate(adam) / (Math.sqrt(after[count + i]) + adam.getEpsilon());
                momentum[from + i] -= scale * adam.getBeta1() * before[i];
                decay[from + i] -= scale * (1 - adam.getBeta1()) * added[i] + decayed[i];
            } else if (updater instanceof RmsProp rmsProp) {
                double scale = learningRate / (Math.sqrt(after[i]) + rmsProp.getEpsilon());
                decay[from + i] -= scale * added[i] + decayed[i];
            } else if (updater instanceof Sgd) {
                decay[from + i] -= learningRate * added[i] + decayed[i];
            }
        }
    }

    /** Adam's learning rate with its bias correction. */
    private double rate(Adam adam) {
        double steps = iteration + 1.0;
        return learningRate * Math.sqrt(1 - Math.pow(adam.getBeta2(), steps)) / (1 - Math.pow(adam.getBeta1(), steps));
    }

    /** What the regularisers of one kind add, found by applying them to zeros. */
    private double[] regularization(ApplyStep step) {
        double[] sum = new double[block.getParamOffsetEnd() - block.getParamOffsetStart()];
        for (ParamState parameter : block.getLayersAndVariablesInBlock()) {
            INDArray values = parameter.getParamView().castTo(DataType.DOUBLE);
            for (Regularization regularization : regularizations(parameter)) {
                if (regularization.applyStep() == step) {
                    INDArray gradient = Nd4j.zeros(DataType.DOUBLE, values.shape());
                    regularization.apply(values, gradient, learningRate, iteration, epoch);
                    double[] elements = FlatArrays.toDoubles(gradient.reshape(gradient.length()));
                    for (int i = 0; i < elements.length; i++) {
                        sum[parameter.getParamOffsetStart() - block.getParamOffsetStart() + i] += elements[i];
                    }
                }
            }
        }
        return sum;
    }

    private static List<Regularization> regularizations(ParamState parameter) {
        List<Regularization> list = parameter.getLayer().getConfig().getRegularizationByParam(parameter.getParamName());
        return list == null ? List.of() : list;
    }

    private static double[] state(UpdaterBlock block) {
        return block.getUpdaterView() == null
                ? new double[0]
                : FlatArrays.toDoubles(
                        block.getUpdaterView().reshape(block.getUpdaterView().length()));
    }

    private static IUpdater config(UpdaterBlock block) {
        return block.getGradientUpdater().getConfig();
    }
}
