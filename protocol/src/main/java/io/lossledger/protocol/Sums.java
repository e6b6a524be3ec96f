package io.lossledger.protocol;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.SquareSums;

/** Translates sums between the arithmetic and the contract. Stateless. */
public final class Sums {
    private Sums() {}

    public static io.lossledger.protocol.v1.AllocationSums toMessage(AllocationSums sums) {
        var message = io.lossledger.protocol.v1.AllocationSums.newBuilder()
                .setParameters(sums.parameters())
                .setHelped(sums.helped())
                .setHurt(sums.hurt())
                .setZero(sums.zero())
                .setNonfinite(sums.nonFinite())
                .setLca(sums.sum())
                .setHelp(sums.help())
                .setHarm(sums.harm())
                .setSumOfSquares(sums.sumOfSquares())
                .setLargestHelp(sums.min())
                .setLargestHarm(sums.max())
                .setCoarseLca(sums.coarseSum())
                .setAbsoluteEstimate(sums.absoluteEstimate());
        SquareSums squares = sums.squares();
        if (squares != null) {
            message.setGradientSquares(squares.gradient()).setDeltaSquares(squares.delta());
        }
        return message.build();
    }

    public static AllocationSums fromMessage(io.lossledger.protocol.v1.AllocationSums sums) {
        return new AllocationSums(
                sums.getParameters(),
                sums.getHelped(),
                sums.getHurt(),
                sums.getZero(),
                sums.getNonfinite(),
                sums.getLca(),
                sums.getHelp(),
                sums.getHarm(),
                sums.getSumOfSquares(),
                sums.getLargestHelp(),
                sums.getLargestHarm(),
                sums.getCoarseLca(),
                sums.getAbsoluteEstimate(),
                sums.hasGradientSquares() && sums.hasDeltaSquares()
                        ? new SquareSums(sums.getGradientSquares(), sums.getDeltaSquares())
                        : null);
    }
}
