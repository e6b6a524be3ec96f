package io.lossledger.lca;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How unevenly help is distributed over units: whether all units of a layer learn, or only a few. A unit's help is −A
 * if its LCA A is negative, and 0 otherwise, so units that hurt count as units without help.
 *
 * @param gini the Gini coefficient: 0 when all units help equally, (n − 1)/n when one of n provides all the help
 * @param topPercentShare share of the help from the top 1 % of the units, at least one unit; 0 to 1
 */
public record HelpConcentration(OptionalDouble gini, OptionalDouble topPercentShare) {
    private static final HelpConcentration NONE = new HelpConcentration(OptionalDouble.empty(), OptionalDouble.empty());
    private static final int PERCENT = 100;

    /**
     * The concentration over the units of a layer, in O(n log n).
     *
     * @param lca LCA of each unit; not changed. Both values are empty when no unit helped or one is not finite
     */
    public static HelpConcentration of(double[] lca) {
        int count = lca.length;
        double[] help = new double[count];
        for (int i = 0; i < count; i++) {
            if (!Double.isFinite(lca[i])) {
                return NONE;
            }
            help[i] = Math.max(0.0, -lca[i]);
        }
        Arrays.sort(help);
        double total = 0;
        double ranked = 0;
        for (int i = 0; i < count; i++) {
            total += help[i];
            ranked += (i + 1) * help[i];
        }
        if (!(total > 0 && Double.isFinite(count * total))) {
            return NONE;
        }
        double top = 0;
        for (int i = count - (count + PERCENT - 1) / PERCENT; i < count; i++) {
            top += help[i];
        }
        double gini = 2 * ranked / (count * total) - (count + 1.0) / count;
        return new HelpConcentration(OptionalDouble.of(Math.max(0, gini)), OptionalDouble.of(Math.min(1, top / total)));
    }
}
