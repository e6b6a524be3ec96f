package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.kernel.FloatFourRows;

/**
 * How examples are divided into lanes and tiles. A thread works on one lane at a time, and the gradients of the lanes
 * are added up at the end. A tile passes through the network at once. Depends only on the network and the number of
 * examples. Immutable.
 */
final class TileSize {
    /** The largest number of threads that can share the work. */
    static final int LANES = 16;

    /** Ensures that the work can be shared at all. */
    static final int LEAST_LANES = 2;
    /** The tile size for images; the fastest one in trials. */
    private static final int USUAL = 16;

    private static final int MOST = FloatFourRows.COLUMNS;
    /**
     * The elements of a node's largest output in a tile that is larger than usual: two megabytes in single precision.
     */
    private static final int OUTPUT_ELEMENTS = 1 << 19;
    /** The elements of a tile with more than one example: 128 megabytes in single precision. */
    private static final int TILE_ELEMENTS = 1 << 25;
    /** The examples that a lane adds up in the precision of the evaluation. */
    static final int LANE_EXAMPLES = 1_024;
    /** The operations of a lane per parameter, so that adding up lanes costs a twentieth of them. */
    private static final double OPERATIONS = 1_600;

    private final int largest;
    private final double operations;

    TileSize(NetworkPlan plan, BufferLayout layout) {
        int elements = plan.input().size();
        for (Node node : plan.nodes()) {
            elements = Math.max(elements, node.out().size());
        }
        int fast = plan.hasBatchStatistics() ? USUAL : Math.max(USUAL, OUTPUT_ELEMENTS / elements / USUAL * USUAL);
        largest = (int) Math.max(1, Math.min(Math.min(MOST, fast), TILE_ELEMENTS / layout.elementsPerExample()));
        operations = plan.operations() / plan.vectorLength();
    }

    /** The largest number of examples in a tile. */
    int largest() {
        return largest;
    }

    /** The largest number of lanes for this many examples. */
    int lanes(int examples) {
        return (int) Math.max(LEAST_LANES, Math.min(LANES, examples * operations / OPERATIONS));
    }

    /** The examples of a tile, chosen so that lanes have tiles of about equal size. */
    int tile(int examples) {
        int lane = ceil(examples, lanes(examples));
        return ceil(lane, ceil(lane, largest));
    }

    /** The examples of a tile if there is only one lane. */
    int tileOfOneLane(int examples) {
        return ceil(examples, ceil(examples, largest));
    }

    /** The examples that all lanes process before they are added up. */
    int round(int examples) {
        int tile = tile(examples);
        return lanes(examples) * Math.max(1, LANE_EXAMPLES / tile) * tile;
    }

    private static int ceil(int number, int divisor) {
        return (number + divisor - 1) / divisor;
    }
}
