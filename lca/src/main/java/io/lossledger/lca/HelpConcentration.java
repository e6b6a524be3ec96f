package io.lossledger.lca;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How unevenly help is spread over units: whether all of a layer learn, or a few of them. A unit's help is −A where its
 * LCA A is negative and 0 otherwise, so that units which hurt count as units that bring nothing.
 *
 * @param gini the Gini coefficient: 0 when all units help alike, (n − 1)/n when one of n brings it all
 * @param topPercentShare share of the help that the top 1 % of the units bring, at least one unit; 0 to 1
 */
public record HelpConcentration(OptionalDouble gini, OptionalDouble topPercentShare) {
    private static final HelpConcentration NONE = new HelpConcentration(OptionalDouble.empty(), OptionalDouble.empty());
    private static final int PERCENT = 100;

    /**
     * Concentration over the units of a layer, in O(n log n).
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
