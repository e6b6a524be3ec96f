package io.lossledger.protocol.verdict;

import io.lossledger.lca.Trend;
import io.lossledger.protocol.verdict.RunTotals.LayerTotal;
import java.util.List;

/**
 * The newest steps of a run that is still going on. Immutable.
 *
 * @param steps how many
 * @param lossChange change of the loss over them
 * @param trend trend of the loss over them
 * @param layers LCA of each layer over them
 * @param hurting layers that hurt according to the sequential test of the alerts
 */
public record RecentSteps(long steps, double lossChange, Trend trend, List<LayerTotal> layers, List<String> hurting) {}
