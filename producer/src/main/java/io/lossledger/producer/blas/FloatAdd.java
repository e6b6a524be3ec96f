package io.lossledger.producer.blas;

import io.lossledger.producer.blas.BufferLayout.Flow;
import io.lossledger.producer.blas.NetworkPlan.Add;
import java.util.List;

/** The sum of several nodes. */
final class FloatAdd extends FloatNode {
    private final Add plan;
    private final List<Flow> flows;

    FloatAdd(int node, Add plan, List<Flow> flows) {
        super(node);
        this.plan = plan;
        this.flows = flows;
    }

    @Override
    void forward(FloatTile tile, FloatScratch worker) {
        int count = plan.out().size() * tile.examples();
        float[] out = tile.value(node);
        int kept = 0; // the sum may overwrite one of the inputs
        for (int i = 0; i < plan.inputs().size(); i++) {
            kept = tile.value(plan.inputs().get(i)) == out ? i : kept;
        }
        pass(Flow.WRITE, tile.value(plan.inputs().get(kept)), out, count);
        for (int i = 0; i < plan.inputs().size(); i++) {
            if (i != kept) {
                pass(Flow.ADD, tile.value(plan.inputs().get(i)), out, count);
            }
        }
    }

    @Override
    void backward(FloatTile tile, FloatScratch worker) {
        int count = plan.out().size() * tile.examples();
        for (int i = 0; i < flows.size(); i++) {
            if (flows.get(i) != Flow.NONE && flows.get(i) != Flow.INHERIT) {
                pass(
                        flows.get(i),
                        tile.gradients[node],
                        tile.gradients[plan.inputs().get(i)],
                        count);
            }
        }
    }
}
