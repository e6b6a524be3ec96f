package io.lossledger.producer.dl4j;

import io.lossledger.producer.step.FlatVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;

/**
 * Splits each update into the parts caused by the gradient of this step, the momentum of earlier steps, and weight
 * decay (including L1 and L2). Momentum and decay are computed from the optimizer's state, in double. The gradient's
 * part is the rest, including clipping, so the parts sum to the update. Only reads the network. Over several steps the
 * parts add up. Used by the training thread.
 */
final class UpdateSplitter {
    static final String GRADIENT = "gradient";
    static final String MOMENTUM = "momentum";
    static final String WEIGHT_DECAY = "weight-decay";

    private final Model model;
    private final boolean hasMomentum;
    private final boolean hasDecay;
    private final double[] momentum;
    private final double[] decay;
    private final List<BlockUpdate> pending = new ArrayList<>();

    /**
     * Creates a splitter for an initialised network.
     *
     * @throws IllegalArgumentException when an optimizer is unknown, or the network has constraints, which are a
     *     separate cause of parameter changes
     */
    UpdateSplitter(Model model) {
        this.model = model;
        requireNoConstraints(model);
        List<UpdaterBlock> blocks = updater(model).getUpdaterBlocks();
        blocks.forEach(BlockUpdate::requireKnown);
        hasMomentum = blocks.stream().anyMatch(BlockUpdate::hasMomentum);
        hasDecay = blocks.stream().anyMatch(BlockUpdate::hasDecay);
        momentum = new double[Math.toIntExact(model.numParams())];
        decay = new double[momentum.length];
    }

    /** Must be called with the parameters and the state before an update. */
    void beforeUpdate() {
        pending.clear();
        for (UpdaterBlock block : updater(model).getUpdaterBlocks()) {
            pending.add(new BlockUpdate(block, iteration(), epoch()));
        }
    }

    /** Must be called with the state after the update. */
    void afterUpdate() {
        pending.forEach(block -> block.addTo(momentum, decay));
        pending.clear();
    }

    /**
     * Returns the parts of the updates since the last call, which led from {@code start} to {@code end}, and resets
     * them.
     */
    Map<String, double[]> take(FlatVector start, FlatVector end) {
        double[] gradient = new double[start.length()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = end.get(i) - start.get(i) - momentum[i] - decay[i];
        }
        Map<String, double[]> parts = new LinkedHashMap<>();
        parts.put(GRADIENT, gradient);
        if (hasMomentum) {
            parts.put(MOMENTUM, momentum.clone());
        }
        if (hasDecay) {
            parts.put(WEIGHT_DECAY, decay.clone());
        }
        Arrays.fill(momentum, 0);
        Arrays.fill(decay, 0);
        return parts;
    }

    private static void requireNoConstraints(Model model) {
        Layer[] layers =
                model instanceof ComputationGraph graph ? graph.getLayers() : ((MultiLayerNetwork) model).getLayers();
        for (Layer layer : layers) {
            List<?> constraints = layer.conf().getLayer().getConstraints();
            if (constraints != null && !constraints.isEmpty()) {
                throw new IllegalArgumentException("update parts: must be a network without constraints. Found: "
                        + constraints + " in layer " + layer.conf().getLayer().getLayerName());
            }
        }
    }

    private static BaseMultiLayerUpdater<?> updater(Model model) {
        return (BaseMultiLayerUpdater<?>)
                (model instanceof ComputationGraph graph
                        ? graph.getUpdater()
                        : ((MultiLayerNetwork) model).getUpdater());
    }

    private int iteration() {
        return model instanceof ComputationGraph graph
                ? graph.getConfiguration().getIterationCount()
                : ((MultiLayerNetwork) model).getIterationCount();
    }

    private int epoch() {
        return model instanceof ComputationGraph graph
                ? graph.getConfiguration().getEpochCount()
                : ((MultiLayerNetwork) model).getEpochCount();
    }
}
