package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Pooling;
import io.lossledger.producer.blas.NetworkPlan.Window;
import io.lossledger.producer.blas.kernel.FloatMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward and backward pass through a network, in stages. Each tile passes a stage independently; a stage ends
 * where batch norm needs all tiles. Without batch norm there is one stage.
 */
final class FloatNetwork {
    private final List<FloatNode> nodes = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();

    /** The work on one tile. */
    interface Step {
        void run(FloatTile tile, FloatScratch worker);
    }

    /** The work to do once all tiles have reached the end of the stage. */
    interface Reduction {
        void run(List<FloatTile> tiles, FloatMemory parameters, FloatMemory gradient);
    }

    record Stage(List<Step> steps, Reduction reduction) {}

    FloatNetwork(NetworkPlan plan, BufferLayout layout, boolean fused) {
        for (int node = 0; node < layout.nodes(); node++) {
            nodes.add(node(node, plan.nodes().get(node), layout, fused));
        }
        List<Step> steps = new ArrayList<>();
        for (FloatNode node : nodes) {
            if (node instanceof FloatBatchNorm norm) {
                steps.add(norm::sum);
                steps = endStage(steps, (tiles, parameters, gradient) -> norm.merge(tiles, parameters));
            }
            steps.add(node::forward);
        }
        FloatLoss loss = new FloatLoss(plan);
        steps.add((tile, worker) -> worker.addLoss(loss.evaluate(tile)));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            FloatNode node = nodes.get(i);
            if (layout.gradientSlot(i) < 0) {
                continue;
            }
            if (node instanceof FloatBatchNorm norm) {
                steps.add(norm::sumGradient);
                steps = endStage(steps, (tiles, parameters, gradient) -> norm.mergeGradient(tiles, gradient));
            }
            steps.add(node::backward);
        }
        endStage(steps, (tiles, parameters, gradient) -> {});
    }

    /** Passes new parameters to the nodes. */
    void load(FloatMemory parameters) {
        nodes.forEach(node -> node.load(parameters));
    }

    List<Stage> stages() {
        return stages;
    }

    private List<Step> endStage(List<Step> steps, Reduction reduction) {
        stages.add(new Stage(List.copyOf(steps), reduction));
        return new ArrayList<>();
    }

    private static FloatNode node(int number, Node node, BufferLayout layout, boolean fused) {
        Flow flow = layout.flow(number, 0);
        if (node instanceof Convolution convolution) {
            return fused && !convolution.window().equals(Window.ONE)
                    ? new FloatConvolution(number, convolution, flow)
                    : new FloatProduct(number, convolution, flow);
        }
        if (node instanceof Pooling pooling) {
            return new FloatPooling(number, pooling, flow);
        }
        if (node instanceof BatchNorm norm) {
            return new FloatBatchNorm(number, norm, flow);
        }
        if (node instanceof Activation activation) {
            return new FloatActivation(number, activation, flow);
        }
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            flows.add(layout.flow(number, i));
        }
        return new FloatAdd(number, (Add) node, flows);
    }
}
