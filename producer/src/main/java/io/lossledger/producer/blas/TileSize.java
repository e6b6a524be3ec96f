package io.lossledger.producer.blas;

/** How many examples are passed through the network side by side. Immutable. */
final class TileSize {
    /** Most threads that can share a chunk. */
    static final int LANES = 16;

    private static final int USUAL = 16;
    private static final int MOST = FloatFour.COLUMNS;
    /** Elements of the largest output of a node in a tile, if a tile is larger than usual: two megabytes in single precision. */
    private static final int OUTPUT_ELEMENTS = 1 << 19;
    /** Elements of a tile, if it has more than one example: 128 megabytes in single precision. */
    private static final int TILE_ELEMENTS = 1 << 25;
    /** Examples that a lane adds up in the precision of the evaluation. */
    private static final int LANE_EXAMPLES = 1_024;

    private final int largest;

    TileSize(NetworkPlan plan, BufferLayout layout) {
        int elements = plan.input().size();
        for (int node = 0; node < plan.nodes().size(); node++) {
            elements = Math.max(elements, plan.shape(node).size());
        }
        int fast = plan.hasBatchStatistics() ? USUAL : Math.max(USUAL, OUTPUT_ELEMENTS / elements / USUAL * USUAL);
        largest = (int) Math.max(1, Math.min(Math.min(MOST, fast), TILE_ELEMENTS / layout.elementsPerExample()));
    }

    /** Most examples of a tile. */
    int largest() {
        return largest;
    }

    /** Examples of a tile, so that a small set, too, has work for all threads. */
    int of(int examples) {
        int share = (examples + LANES - 1) / LANES;
        return Math.min(largest, (share + USUAL - 1) / USUAL * USUAL);
    }

    /** Tiles that a lane adds up. */
    static int perLane(int tile) {
        return Math.max(1, LANE_EXAMPLES / tile);
    }
}
