package io.lossledger.trainer;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies an optimizer's state to another network with the same parameters. DL4J keeps it in blocks of parameters with
 * the same settings, one array after the other in each block. Different learning rates give different blocks, so the
 * state is copied parameter by parameter. Stateless.
 */
final class OptimizerState {
    private OptimizerState() {}

    /**
     * Copies the state. A parameter whose optimizer has no state (frozen, plain SGD) is skipped.
     *
     * @throws IllegalArgumentException when a parameter with state has a different optimizer in the other network
     */
    static void copy(Model from, Model to) {
        int parameters = Math.toIntExact(from.numParams());
        String[] optimizers = new String[parameters];
        int[] arrays = new int[parameters];
        double[][] state = new double[parameters][];
        for (UpdaterBlock block : blocks(from)) {
            int count = block.getParamOffsetEnd() - block.getParamOffsetStart();
            double[] view = view(block);
            for (int i = 0; i < count; i++) {
                int parameter = block.getParamOffsetStart() + i;
                optimizers[parameter] = optimizer(block);
                arrays[parameter] = view.length / count;
                state[parameter] = new double[view.length / count];
                for (int array = 0; array < arrays[parameter]; array++) {
                    state[parameter][array] = view[array * count + i];
                }
            }
        }
        for (UpdaterBlock block : blocks(to)) {
            int count = block.getParamOffsetEnd() - block.getParamOffsetStart();
            double[] view = view(block);
            for (int i = 0; i < count && view.length > 0; i++) {
                int parameter = block.getParamOffsetStart() + i;
                if (arrays[parameter] == 0) {
                    continue;
                }
                Checkpoint.requireSame("optimizer", optimizers[parameter], optimizer(block));
                for (int array = 0; array < arrays[parameter]; array++) {
                    view[array * count + i] = state[parameter][array];
                }
            }
            if (view.length > 0) {
                block.getUpdaterView()
                        .assign(Nd4j.createFromArray(view)
                                .castTo(block.getUpdaterView().dataType())
                                .reshape(block.getUpdaterView().shape()));
            }
        }
    }

    private static String optimizer(UpdaterBlock block) {
        return block.getGradientUpdater().getConfig().getClass().getSimpleName();
    }

    private static double[] view(UpdaterBlock block) {
        return block.getUpdaterView() == null
                ? new double[0]
                : block.getUpdaterView().castTo(DataType.DOUBLE).reshape(-1).toDoubleVector();
    }

    private static List<UpdaterBlock> blocks(Model network) {
        BaseMultiLayerUpdater<?> updater = (BaseMultiLayerUpdater<?>)
                (network instanceof ComputationGraph graph
                        ? graph.getUpdater()
                        : ((MultiLayerNetwork) network).getUpdater());
        return updater.getUpdaterBlocks();
    }
}
