package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Activation;
import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.BatchNorm;
import io.lossledger.producer.blas.NetworkPlan.Convolution;
import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.NetworkPlan.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Decides which nodes of a network share memory. A node overwrites its input if no other node needs it any more.
 * Gradients with respect to outputs are kept in slots, which are reused as soon as they are free. Immutable.
 */
final class BufferLayout {
    /** What the backward pass of a node does with the gradient with respect to an input. */
    enum Flow {
        /** It is not needed. */
        NONE,
        /** It overwrites the gradient with respect to the node's output. */
        INHERIT,
        /** It is the first to be written to its slot. */
        WRITE,
        /** It is added to the slot's contents. */
        ADD
    }

    private final NetworkPlan plan;
    private final int[] consumers;
    private final boolean[] learns;
    private final int[] valueOwner;
    private final int[] gradientSlot;
    private final Flow[][] flows;
    private final List<Integer> slotSizes = new ArrayList<>();

    BufferLayout(NetworkPlan plan) {
        this.plan = plan;
        int nodes = plan.nodes().size();
        this.consumers = new int[nodes];
        this.learns = new boolean[nodes];
        this.valueOwner = new int[nodes];
        this.gradientSlot = new int[nodes];
        this.flows = new Flow[nodes][];
        for (int node = 0; node < nodes; node++) {
            for (int input : inputs(node)) {
                if (input != NetworkPlan.INPUT) {
                    consumers[input]++;
                    learns[node] |= learns[input];
                }
            }
            learns[node] |= hasParameters(plan.nodes().get(node));
        }
        for (int node = 0; node < nodes; node++) {
            valueOwner[node] = valueOwner(node, plan.nodes().get(node));
        }
        placeGradients();
    }

    int nodes() {
        return valueOwner.length;
    }

    /** Whether the node's output depends on anything with a gradient. */
    boolean learns(int node) {
        return node != NetworkPlan.INPUT && learns[node];
    }

    /** The node whose output memory this node writes its own output to. */
    int valueOwner(int node) {
        return valueOwner[node];
    }

    /** The slot of the gradient with respect to the node's output; -1 if it has none. */
    int gradientSlot(int node) {
        return gradientSlot[node];
    }

    Flow flow(int node, int input) {
        return flows[node][input];
    }

    /** Whether only dense layers read the network's input. */
    boolean readsInputAsMatrix() {
        return plan.nodes().stream()
                .filter(node -> node.inputs().contains(NetworkPlan.INPUT))
                .allMatch(node -> node instanceof Convolution dense
                        && dense.window().equals(Window.ONE)
                        && dense.in().height() * dense.in().width() == 1);
    }

    /** The elements of each slot for one example. */
    List<Integer> slotSizes() {
        return slotSizes;
    }

    /** The elements of outputs and gradients for one example. */
    long elementsPerExample() {
        long elements = slotSizes.stream().mapToLong(Integer::longValue).sum();
        for (int node = 0; node < nodes(); node++) {
            elements += valueOwner[node] == node ? plan.shape(node).size() : 0;
        }
        return elements;
    }

    private List<Integer> inputs(int node) {
        return plan.nodes().get(node).inputs();
    }

    private static boolean hasParameters(Node node) {
        return node instanceof Convolution
                || (node instanceof BatchNorm norm
                        && (norm.gamma() != NetworkPlan.NONE || norm.beta() != NetworkPlan.NONE));
    }

    private int valueOwner(int node, Node operation) {
        if (operation instanceof Activation || operation instanceof Add) {
            for (int input : operation.inputs()) {
                boolean free = input != NetworkPlan.INPUT
                        && consumers[input] == 1
                        && !(plan.nodes().get(input) instanceof Activation);
                if (free) {
                    return valueOwner[input];
                }
            }
        }
        return node;
    }

    private void placeGradients() {
        Arrays.fill(gradientSlot, -1);
        List<Integer> free = new ArrayList<>();
        int last = nodes() - 1;
        if (learns[last]) {
            gradientSlot[last] = take(free, plan.shape(last).size());
        }
        for (int node = last; node >= 0; node--) {
            Node operation = plan.nodes().get(node);
            flows[node] = new Flow[operation.inputs().size()];
            Arrays.fill(flows[node], Flow.NONE);
            if (!learns[node] || gradientSlot[node] < 0) {
                continue;
            }
            boolean inherited = false;
            for (int i = 0; i < flows[node].length; i++) {
                int input = operation.inputs().get(i);
                if (!learns(input)) {
                    continue;
                }
                if (gradientSlot[input] >= 0) {
                    flows[node][i] = Flow.ADD;
                } else if (!inherited
                        && worksInPlace(operation)
                        && Collections.frequency(operation.inputs(), input) == 1) {
                    inherited = true;
                    gradientSlot[input] = gradientSlot[node];
                    flows[node][i] = Flow.INHERIT;
                } else {
                    gradientSlot[input] = take(free, plan.shape(input).size());
                    flows[node][i] = Flow.WRITE;
                }
            }
            if (!inherited) {
                free.add(gradientSlot[node]);
            }
        }
    }

    private static boolean worksInPlace(Node operation) {
        return operation instanceof Activation || operation instanceof Add || operation instanceof BatchNorm;
    }

    /** The free slot that fits best, enlarged if necessary, or a new one. */
    private int take(List<Integer> free, int size) {
        int best = -1;
        for (int slot : free) {
            boolean better = best < 0
                    || (slotSizes.get(best) < size
                            ? slotSizes.get(slot) > slotSizes.get(best)
                            : slotSizes.get(slot) >= size && slotSizes.get(slot) < slotSizes.get(best));
            best = better ? slot : best;
        }
        if (best < 0) {
            slotSizes.add(size);
            return slotSizes.size() - 1;
        }
        free.remove((Integer) best);
        slotSizes.set(best, Math.max(size, slotSizes.get(best)));
        return best;
    }
}
