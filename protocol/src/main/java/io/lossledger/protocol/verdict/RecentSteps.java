package io.lossledger.protocol.verdict;

import io.lossledger.lca.Trend;
import io.lossledger.protocol.v1.WindowRow;
import java.util.List;

/**
 * The newest steps of a run that is still going on. Immutable.
 *
 * @param steps how many
 * @param lossChange change of the loss over them
 * @param trend trend of the loss over them
 * @param layers what the layers did in them: name and LCA
 * @param hurting layers that hurt now, by the sequential test of the alerts
 */
public record RecentSteps(long steps, double lossChange, Trend trend, List<WindowRow> layers, List<String> hurting) {}
