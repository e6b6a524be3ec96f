package io.lossledger.lca;

import org.jspecify.annotations.Nullable;

/**
 * Sums over the allocations A of a set of parameters: a chunk, a layer, a model.
 *
 * <p>Negative A helps, positive A hurts, exactly zero (of either sign) does neither. Every parameter is in one of the four
 * classes, so that helped + hurt + zero + nonFinite = parameters.
 *
 * <p>Immutable. {@link #plus} merges in constant time; nothing is validated.
 *
 * <p>NaN and infinite allocations are never dropped: they are counted in nonFinite and contribute to sum, sumOfSquares,
 * coarseSum and absoluteEstimate, while help, harm, min and max cover only the finite allocations.
 *
 * @param parameters parameters seen
 * @param helped parameters with finite A below 0
 * @param hurt parameters with finite A above 0
 * @param zero parameters with A = 0
 * @param nonFinite parameters whose A is NaN or infinite
 * @param sum sum of A
 * @param help sum of the finite A below 0, at most 0
 * @param harm sum of the finite A above 0, at least 0
 * @param sumOfSquares sum of A²
 * @param min largest help of a parameter: the most negative finite A, or 0
 * @param max largest harm of a parameter: the most positive finite A, or 0
 * @param coarseSum sum of A according to the coarser rule; NaN when there is none
 * @param absoluteEstimate sum of |A − A of the coarser rule|: unlike {@link #estimate} it also shows errors that cancel
 *     between parameters; NaN when there is no coarser rule
 * @param squares squares of the averaged gradient and of the update; null when they are not known
 */
public record AllocationSums(
        long parameters,
        long helped,
        long hurt,
        long zero,
        long nonFinite,
        double sum,
        double help,
        double harm,
        double sumOfSquares,
        double min,
        double max,
        double coarseSum,
        double absoluteEstimate,
        @Nullable SquareSums squares) {
    /** The sums over no parameters: {@code EMPTY.plus(x)} and {@code x.plus(EMPTY)} equal x, in every field. */
    public static final AllocationSums EMPTY =
            new AllocationSums(0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SquareSums.ZERO);

    /** Sums without squares. */
    public AllocationSums(
            long parameters,
            long helped,
            long hurt,
            long zero,
            long nonFinite,
            double sum,
            double help,
            double harm,
            double sumOfSquares,
            double min,
            double max,
            double coarseSum,
            double absoluteEstimate) {
        this(
                parameters,
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
                absoluteEstimate,
                null);
    }

    /**
     * The sums over these parameters followed by the next ones. Floating-point addition is commutative but not
     * associative: the same partial sums give the same bits only when merged in the same order, so merge in chunk
     * order. If one side has no coarser rule, or no squares, the result has none.
     */
    public AllocationSums plus(AllocationSums next) {
        return new AllocationSums(
                parameters + next.parameters,
                helped + next.helped,
                hurt + next.hurt,
                zero + next.zero,
                nonFinite + next.nonFinite,
                sum + next.sum,
                help + next.help,
                harm + next.harm,
                sumOfSquares + next.sumOfSquares,
                Math.min(min, next.min),
                Math.max(max, next.max),
                coarseSum + next.coarseSum,
                absoluteEstimate + next.absoluteEstimate,
                squares == null || next.squares == null ? null : squares.plus(next.squares));
    }

    /** The same sums with other squares; null: without them. */
    public AllocationSums withSquares(@Nullable SquareSums others) {
        return new AllocationSums(
                parameters,
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
                absoluteEstimate,
                others);
    }

    /** Quadrature error estimate of the sum: |sum − coarseSum|, NaN when there is no coarser rule. */
    public double estimate() {
        return Math.abs(sum - coarseSum);
    }

    /** Share of all parameters that helped, 0 to 1; 0 when there are no parameters. */
    public double helpedShare() {
        return parameters == 0 ? 0.0 : (double) helped / parameters;
    }

    /** Share of parameters that helped among those that helped or hurt, 0 to 1; 0 when there are none. */
    public double helpedShareOfNonZero() {
        return helped + hurt == 0 ? 0.0 : (double) helped / (helped + hurt);
    }

    /** Root mean square of A over all parameters; 0 when there are no parameters. */
    public double rms() {
        return parameters == 0 ? 0.0 : Math.sqrt(sumOfSquares / parameters);
    }
}
