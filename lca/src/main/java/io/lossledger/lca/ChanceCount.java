package io.lossledger.lca;

/**
 * How many of several independent events happen: the Poisson binomial distribution of a sum of Bernoulli variables with
 * different probabilities.
 *
 * <p>It answers how many layers have a local minimum of their LCA at one step by chance. When each layer's sequence of
 * n steps with m minima is shifted circularly by a uniformly random number of steps, the layer has a minimum at a given
 * step with probability m/n, and layers are independent. So the distribution over all shifts is known without
 * simulation. Stateless.
 */
public final class ChanceCount {
    private ChanceCount() {}

    /** The expected number. */
    public static double mean(double[] probabilities) {
        double mean = 0;
        for (double p : probabilities) {
            mean += p;
        }
        return mean;
    }

    /** The standard deviation of the number. */
    public static double standardDeviation(double[] probabilities) {
        double variance = 0;
        for (double p : probabilities) {
            variance += p * (1 - p);
        }
        return Math.sqrt(variance);
    }

    /**
     * The probability that at least {@code count} events happen: exact except for rounding, in O(n · count).
     *
     */
    public static double atLeast(int count, double[] probabilities) {
        double[] exactly = new double[count + 1]; // the last holds "count or more"
        exactly[0] = 1;
        for (double p : probabilities) {
            exactly[count] += p * (count == 0 ? 0 : exactly[count - 1]);
            for (int k = count - 1; k > 0; k--) {
                exactly[k] = exactly[k] * (1 - p) + exactly[k - 1] * p;
            }
            if (count > 0) {
                exactly[0] *= 1 - p;
            }
        }
        return Math.min(1, exactly[count]);
    }
}
