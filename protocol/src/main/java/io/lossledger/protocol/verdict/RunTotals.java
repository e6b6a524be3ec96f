package io.lossledger.protocol.verdict;

import io.lossledger.lca.Balance;
import java.util.List;

/**
 * What one objective of a run has booked so far. Immutable.
 *
 * @param lossStart loss before the first booked step
 * @param lossEnd loss after the last booked step
 * @param lossChange loss change of the booked steps
 * @param residual loss change minus LCA
 * @param steps steps booked
 * @param missing steps missing
 * @param layers the layers in model order
 */
public record RunTotals(
        double lossStart,
        double lossEnd,
        double lossChange,
        double residual,
        long steps,
        long missing,
        List<LayerTotal> layers) {

    /**
     * A layer's share in the loss change.
     *
     * @param lca sum of its LCA
     */
    public record LayerTotal(String layer, double lca) {}

    /** The balance of the whole run. */
    public Balance balance() {
        double moved =
                layers.stream().mapToDouble(layer -> Math.abs(layer.lca())).sum();
        return new Balance(residual, lossChange, moved);
    }
}
