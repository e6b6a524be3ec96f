package io.lossledger.lca;

/**
 * A sequential test of whether something has begun to hurt: it may be evaluated after every block of steps,
 * indefinitely.
 *
 * <p>Null hypothesis: given the past, a block's LCA x is symmetric about a value of at most 0. Then 1 + ½·clip(x/σ, −1,
 * 1) has a mean of at most 1, whatever the distribution, for any σ known before the block: here the root mean square of
 * the earlier blocks, in which a block's weight decays by 1/16 per block. The evidence is the running product of these,
 * restarted from 1 whenever it falls below (a CUSUM of e-values). Under the null hypothesis the mean number of blocks
 * until it reaches a threshold is at least that threshold, so the threshold is the mean time between false alarms. If
 * something hurts equally in every block, detection takes log(threshold)/log(1.5) blocks. Immutable.
 *
 * <p>Source: Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", 2022, sections
 * 2 and 3.
 *
 * @param meanSquare mean square of the earlier blocks; 0 before the first
 * @param logEvidence natural logarithm of the evidence, at least 0
 */
public record HurtTest(double meanSquare, double logEvidence) {
    /** The test before the first block. */
    public static final HurtTest START = new HurtTest(0, 0);

    private static final double STAKE = 0.5;
    private static final double WEIGHT_OF_NEWEST = 1.0 / 16;

    /** The test after another block; a value that is not finite is skipped. */
    public HurtTest plus(double block) {
        if (!Double.isFinite(block * block)) {
            return this;
        }
        if (meanSquare == 0) {
            return new HurtTest(block * block, logEvidence);
        }
        double next = meanSquare + (block * block - meanSquare) * WEIGHT_OF_NEWEST;
        double sigmas = Math.max(-1, Math.min(1, block / Math.sqrt(meanSquare)));
        return new HurtTest(next, Math.max(0, logEvidence + Math.log1p(STAKE * sigmas)));
    }

    /** Whether the evidence has reached a threshold: the mean number of blocks between false alarms, above 1. */
    public boolean reaches(double threshold) {
        return logEvidence >= Math.log(threshold);
    }

    /** The evidence, at least 1. */
    public double evidence() {
        return Math.exp(logEvidence);
    }
}
