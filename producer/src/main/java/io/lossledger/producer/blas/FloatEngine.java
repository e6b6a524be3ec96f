package io.lossledger.producer.blas;

import io.lossledger.producer.FlatVector;
import io.lossledger.producer.Objective.Evaluation;
import io.lossledger.producer.blas.FloatData.Piece;
import io.lossledger.producer.blas.FloatNetwork.Stage;
import io.lossledger.producer.blas.FloatNetwork.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Evaluates in float32. Tiles are put in lanes, whose number follows from the number of tiles alone; a lane adds up its
 * gradients in the order of its tiles, and the sums of the lanes are added in their order, in double. Threads take lanes as they
 * become free, so the bits do not depend on them.
 */
final class FloatEngine implements NetworkEngine {
    /** Most threads that can share a chunk. */
    private static final int LANES = TileSize.LANES;

    /** Elements that are added up at a time. */
    static final int BLOCK = 1 << 12;

    private final NetworkPlan plan;
    private final BufferLayout layout;
    private final FloatNetwork network;
    private final List<Stage> stages;
    private final TileSize tileSize;
    private final Workers workers;
    private final FloatMemory parameters;
    private final List<FloatWorker> desks = new ArrayList<>();
    private final List<FloatMemory> lanes = new ArrayList<>();
    private final double[] losses = new double[LANES];
    private final List<FloatTile> tiles = new ArrayList<>();
    private final double[] sum;
    private boolean closed;

    FloatEngine(NetworkPlan plan, int threads) {
        this.plan = plan;
        this.layout = new BufferLayout(plan);
        this.network = new FloatNetwork(plan, layout, new FloatLoss(plan));
        this.stages = network.stages();
        this.tileSize = new TileSize(plan, layout);
        this.workers = new Workers(threads);
        this.parameters = FloatMemory.allocate(plan.vectorLength());
        this.sum = new double[plan.vectorLength()];
        for (int i = 0; i < threads; i++) {
            desks.add(new FloatWorker(parameters, plan, tileSize.largest()));
        }
        BlasThreads.open();
    }

    @Override
    public FloatData pack(Rows features, Rows labels, int examples, int chunkExamples) {
        int tile = tileSize.of(examples);
        int chunk = plan.hasBatchStatistics()
                ? Math.min(Math.min(examples, chunkExamples), mostTogether(tile))
                : Math.min(examples, LANES * TileSize.perLane(tile) * tile);
        return FloatData.of(features, labels, examples, chunk, tile, layout.readsInputAsMatrix());
    }

    @Override
    public Evaluation evaluate(PackedData data, FlatVector point) {
        FloatData examples = (FloatData) data;
        load(point);
        double loss = 0;
        for (List<Piece> chunk : examples.chunks()) {
            loss += evaluate(chunk);
        }
        float[] gradient = new float[sum.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) (sum[i] / examples.examples());
            sum[i] = 0;
        }
        return new Evaluation(loss / examples.examples(), FlatVector.of(gradient));
    }

    /** As many examples as half of the heap can hold. */
    private int mostTogether(int tile) {
        long bytes = layout.elementsPerExample() * Float.BYTES * tile;
        long tiles = Runtime.getRuntime().maxMemory() / 2 / bytes;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE / tile, tiles)) * tile;
    }

    private double evaluate(List<Piece> chunk) {
        int count = Math.min(LANES, chunk.size());
        prepare(count, chunk.size());
        boolean together = stages.size() > 1;
        List<FloatTile> all = together ? tiles.subList(0, chunk.size()) : tiles;
        for (int i = 0; together && i < chunk.size(); i++) {
            all.get(i).load(chunk.get(i));
        }
        for (Stage stage : stages) {
            workers.each(count, (worker, lane) -> {
                FloatWorker desk = desks.get(worker);
                desk.addTo(lanes.get(lane));
                for (int i = first(lane, chunk.size(), count); i < first(lane + 1, chunk.size(), count); i++) {
                    FloatTile tile = tiles.get(together ? i : worker);
                    if (!together) {
                        tile.load(chunk.get(i));
                    }
                    for (Step step : stage.steps()) {
                        step.run(tile, desk);
                    }
                }
                losses[lane] += desk.takeLoss();
            });
            stage.meeting().run(all, parameters, lanes.get(0));
        }
        int blocks = (sum.length + BLOCK - 1) / BLOCK;
        workers.each(blocks, (worker, number) -> {
            int end = Math.min(sum.length, (number + 1) * BLOCK);
            for (int lane = 0; lane < count; lane++) {
                lanes.get(lane).moveTo(sum, number * BLOCK, end, desks.get(worker).block);
            }
        });
        double loss = 0;
        for (int lane = 0; lane < count; lane++) {
            loss += losses[lane];
            losses[lane] = 0;
        }
        return loss;
    }

    private void prepare(int laneCount, int pieces) {
        while (lanes.size() < laneCount) {
            lanes.add(FloatMemory.allocate(plan.vectorLength()));
        }
        int needed = stages.size() > 1 ? pieces : desks.size();
        while (tiles.size() < needed) {
            tiles.add(new FloatTile(plan, layout, tileSize.largest()));
        }
    }

    private void load(FlatVector point) {
        float[] block = desks.get(0).block;
        for (int from = 0; from < point.length(); from += BLOCK) {
            int count = Math.min(BLOCK, point.length() - from);
            for (int i = 0; i < count; i++) {
                block[i] = (float) point.get(from + i);
            }
            parameters.put(from, block, 0, count);
        }
        network.load(parameters);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        workers.close();
        desks.forEach(FloatWorker::close);
        lanes.forEach(FloatMemory::close);
        parameters.close();
        BlasThreads.close();
    }

    private static int first(int lane, int pieces, int count) {
        return (int) ((long) lane * pieces / count);
    }
}
