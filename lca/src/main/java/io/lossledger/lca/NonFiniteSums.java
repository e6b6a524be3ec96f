package io.lossledger.lca;

/** The slow path of {@link SumLanes}: separates the allocations that are not finite from the others. Stateless. */
final class NonFiniteSums {
    private NonFiniteSums() {}

    /** Sum, help and harm are formed in flat order; the given totals are used unchanged. */
    static AllocationSums of(
            double[] allocated, int count, double sumOfSquares, double coarseSum, double absoluteEstimate) {
        long helped = 0;
        long hurt = 0;
        long nonFinite = 0;
        double sum = 0.0;
        double help = 0.0;
        double harm = 0.0;
        double min = 0.0;
        double max = 0.0;
        for (int i = 0; i < count; i++) {
            double allocation = allocated[i];
            sum += allocation;
            if (!Double.isFinite(allocation)) {
                nonFinite++;
            } else if (allocation < 0.0) {
                helped++;
                help += allocation;
                min = Math.min(min, allocation);
            } else if (allocation > 0.0) {
                hurt++;
                harm += allocation;
                max = Math.max(max, allocation);
            }
        }
        long zero = count - helped - hurt - nonFinite;
        return new AllocationSums(
                count,
                helped,
                hurt,
                zero,
                nonFinite,
                sum,
                help,
                harm,
                sumOfSquares,
                min,
                max,
                coarseSum,
                absoluteEstimate);
    }
}
