package io.lossledger.producer.blas;

import io.lossledger.producer.blas.NetworkPlan.Node;
import io.lossledger.producer.blas.kernel.FloatFourRows;

/**
 * How examples are shared out: lanes, which threads take and whose gradients are added up at the end, and tiles, which are passed
 * through the network at a time. Depends on the network and the number of examples alone. Immutable.
 */
final class TileSize {
    /** Most threads that can share the work. */
    static final int LANES = 16;

    /** So that the work can be shared at all. */
    private static final int LEAST_LANES = 2;
    /** Tiles of images; the fastest in trials. */
    private static final int USUAL = 16;

    private static final int MOST = FloatFourRows.COLUMNS;
    /** Elements of the largest output of a node in a tile, if a tile is larger than usual: two megabytes in single precision. */
    private static final int OUTPUT_ELEMENTS = 1 << 19;
    /** Elements of a tile, if it has more than one example: 128 megabytes in single precision. */
    private static final int TILE_ELEMENTS = 1 << 25;
    /** Examples that a lane adds up in the precision of the evaluation. */
    private static final int LANE_EXAMPLES = 1_024;
    /** Operations of a lane for each parameter, so that adding up lanes costs a twentieth of them. */
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

    /** Most examples of a tile. */
    int largest() {
        return largest;
    }

    /** Most lanes for so many examples. */
    int lanes(int examples) {
        return (int) Math.max(LEAST_LANES, Math.min(LANES, examples * operations / OPERATIONS));
    }

    /** Examples of a tile, so that lanes have tiles of about one size. */
    int tile(int examples) {
        int lane = ceil(examples, lanes(examples));
        return ceil(lane, ceil(lane, largest));
    }

    /** Examples that all lanes take before they are added up. */
    int round(int examples) {
        int tile = tile(examples);
        return lanes(examples) * Math.max(1, LANE_EXAMPLES / tile) * tile;
    }

    private static int ceil(int number, int divisor) {
        return (number + divisor - 1) / divisor;
    }
}
