package io.lossledger.producer.blas;

import io.lossledger.producer.blas.FloatData.Piece;
import io.lossledger.producer.blas.FloatNetwork.Stage;
import io.lossledger.producer.blas.FloatNetwork.Step;
import io.lossledger.producer.blas.kernel.BlasThreads;
import io.lossledger.producer.blas.kernel.FloatMemory;
import io.lossledger.producer.blas.kernel.Rows;
import io.lossledger.producer.blas.kernel.Workers;
import io.lossledger.producer.measure.Objective.Evaluation;
import io.lossledger.producer.step.FlatVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Evaluates in float32. Tiles are distributed over lanes, whose number depends on the number of tiles alone. A lane
 * adds up its gradients in the order of its tiles; the sums of the lanes are added in order, in double. Threads take
 * lanes as they become free, so the result does not depend on the threads, to the bit. Data that are evaluated side by side have
 * one lane, which adds up the gradient of the mean.
 */
final class FloatEngine implements NetworkEngine {
    /** The largest number of threads that can share a chunk. */
    private static final int LANES = TileSize.LANES;

    /** What a step of a sampled objective asks for: four points, two halves. */
    private static final int MOST_REQUESTS = 8;
    /** The largest number of parameters for which each thread gets an engine of its own. */
    private static final int MOST_BESIDE = 1 << 20;

    /** The elements that are added up at a time. */
    static final int BLOCK = 1 << 12;

    private final NetworkPlan plan;
    private final long mostBytes;
    private final BufferLayout layout;
    private final FloatNetwork network;
    private final TileSize tileSize;
    private final Workers workers;
    private final double[] sum;
    private final double[] losses = new double[LANES];
    private final List<FloatScratch> desks = new ArrayList<>();
    private final List<FloatMemory> lanes = new ArrayList<>();
    private final List<FloatTile> tiles = new ArrayList<>();
    private final Set<FloatData> packed = Collections.newSetFromMap(new WeakHashMap<>());
    private final FloatMemory parameters;
    /** Each evaluates on one thread, so that small requests are answered side by side. */
    private final List<FloatEngine> beside = new ArrayList<>();

    private final boolean fused;
    /** Whether a failed evaluation has left partial sums behind. */
    private boolean unfinished;

    private boolean closed;

    FloatEngine(NetworkPlan plan, int threads, boolean fused, long mostBytes) {
        this.plan = plan;
        this.fused = fused;
        this.mostBytes = mostBytes;
        this.layout = new BufferLayout(plan);
        this.network = new FloatNetwork(plan, layout, fused);
        this.tileSize = new TileSize(plan, layout);
        this.sum = new double[plan.vectorLength()];
        this.parameters = FloatMemory.allocate(plan.vectorLength());
        int used = Math.min(threads, LANES);
        this.workers = new Workers(used);
        BlasThreads.open();
        try {
            for (int i = 0; i < used; i++) {
                desks.add(new FloatScratch(parameters, plan, tileSize.largest()));
            }
        } catch (RuntimeException | Error e) { // running out of native memory is an Error
            close();
            throw e;
        }
    }

    @Override
    public FloatData pack(Rows features, Rows labels, int examples, int chunkExamples) {
        requireOpen();
        boolean norms = plan.hasBatchStatistics();
        int chunk = Math.min(examples, chunkExamples);
        int tile = norms ? tileSize.largest() : tileSize.tile(examples);
        if (norms) {
            chunk = Math.min(chunk, mostTogether(tile));
        }
        int together = norms ? chunk : Math.min(examples, tileSize.round(examples));
        prepare((together + tile - 1) / tile);
        FloatData data = new FloatData(
                features,
                labels,
                examples,
                chunk,
                together,
                tile,
                tileSize.lanes(together),
                layout.readsInputAsMatrix());
        packed.add(data);
        return data;
    }

    @Override
    public FloatData packBeside(Rows features, Rows labels, int examples, int chunkExamples) {
        boolean small = plan.vectorLength() <= MOST_BESIDE && tileSize.lanes(examples) == TileSize.LEAST_LANES;
        if (plan.hasBatchStatistics() || !small || examples > TileSize.LANE_EXAMPLES) {
            return pack(features, labels, examples, chunkExamples);
        }
        requireOpen();
        prepareBeside();
        FloatData data = new FloatData(
                features,
                labels,
                examples,
                Math.min(examples, chunkExamples),
                examples,
                tileSize.tileOfOneLane(examples),
                1,
                layout.readsInputAsMatrix());
        packed.add(data);
        return data;
    }

    @Override
    public List<Evaluation> evaluateEach(List<Request> requests) {
        requireOpen();
        boolean small = requests.stream().allMatch(request -> ((FloatData) request.data()).hasOneLane());
        if (!small || beside.isEmpty()) {
            return requests.stream()
                    .map(request -> evaluate(request.data(), request.parameters()))
                    .toList();
        }
        Evaluation[] answers = new Evaluation[requests.size()];
        workers.each(beside.size(), answers.length, (worker, number) -> {
            Request request = requests.get(number);
            answers[number] = beside.get(worker).evaluate(request.data(), request.parameters());
        });
        return List.of(answers);
    }

    @Override
    public Evaluation evaluate(PreparedData data, FlatVector point) {
        requireOpen();
        FloatData examples = (FloatData) data;
        if (unfinished) {
            forget();
        }
        unfinished = true;
        prepare(examples.hasOneLane() ? 1 : examples.chunks().get(0).size());
        load(point);
        float[] gradient = new float[sum.length];
        double loss = examples.hasOneLane() ? onOneLane(examples, gradient) : onSeveralLanes(examples, gradient);
        unfinished = false;
        return new Evaluation(loss / examples.examples(), FlatVector.of(gradient));
    }

    /** The losses are divided before they are passed back, so the lane has the mean. */
    private double onOneLane(FloatData data, float[] gradient) {
        double loss = 0;
        for (List<Piece> chunk : data.chunks()) {
            loss += pass(chunk, 1);
        }
        lanes.get(0).moveTo(gradient);
        return loss;
    }

    private double onSeveralLanes(FloatData data, float[] gradient) {
        double loss = 0;
        for (List<Piece> chunk : data.chunks()) {
            int count = Math.min(data.lanes(), chunk.size());
            loss += pass(chunk, count);
            addLanes(count);
        }
        workers.each((sum.length + BLOCK - 1) / BLOCK, (worker, number) -> {
            int end = Math.min(sum.length, (number + 1) * BLOCK);
            for (int i = number * BLOCK; i < end; i++) {
                gradient[i] = (float) (sum[i] / data.examples());
                sum[i] = 0;
            }
        });
        return loss;
    }

    /** As many examples, in whole tiles, as fit into memory. */
    private int mostTogether(int tile) {
        long most = mostBytes / (layout.elementsPerExample() * Float.BYTES * tile);
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE / tile, most)) * tile;
    }

    /** Allocates the memory for chunks of this many pieces before it is needed. */
    private void prepare(int pieces) {
        while (lanes.size() < Math.min(LANES, pieces)) {
            lanes.add(FloatMemory.allocate(plan.vectorLength()));
        }
        while (tiles.size() < (plan.hasBatchStatistics() ? pieces : desks.size())) {
            tiles.add(new FloatTile(plan, layout, tileSize.largest()));
        }
    }

    /** Allocates the engines that evaluate side by side before they are needed. */
    private void prepareBeside() {
        prepare(1);
        while (desks.size() > 1 && beside.size() < Math.min(desks.size(), MOST_REQUESTS)) {
            FloatEngine engine = new FloatEngine(plan, 1, fused, mostBytes);
            beside.add(engine);
            engine.prepare(1);
        }
    }

    /** Cleans up after an evaluation that failed halfway. */
    private void forget() {
        lanes.forEach(lane -> lane.moveTo(sum, 0, sum.length, desks.get(0).block));
        desks.forEach(FloatScratch::takeLoss);
        Arrays.fill(losses, 0);
        Arrays.fill(sum, 0);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The engine is closed");
        }
    }

    /** Passes a chunk through the network on this many lanes, and returns its loss. */
    private double pass(List<Piece> chunk, int count) {
        boolean together = plan.hasBatchStatistics();
        List<FloatTile> all = together ? tiles.subList(0, chunk.size()) : tiles;
        for (int i = 0; together && i < chunk.size(); i++) {
            all.get(i).load(chunk.get(i));
        }
        for (Stage stage : network.stages()) {
            workers.each(count, (worker, lane) -> {
                FloatScratch desk = desks.get(worker);
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
            stage.reduction().run(all, parameters, lanes.get(0));
        }
        double loss = 0;
        for (int lane = 0; lane < count; lane++) {
            loss += losses[lane];
            losses[lane] = 0;
        }
        return loss;
    }

    /** Adds the gradients of some lanes to the sum, and sets them to 0. */
    private void addLanes(int count) {
        int blocks = (sum.length + BLOCK - 1) / BLOCK;
        workers.each(blocks, (worker, number) -> {
            int end = Math.min(sum.length, (number + 1) * BLOCK);
            for (int lane = 0; lane < count; lane++) {
                lanes.get(lane).moveTo(sum, number * BLOCK, end, desks.get(worker).block);
            }
        });
    }

    private void load(FlatVector point) {
        float[] block = desks.get(0).block;
        for (int from = 0; from < point.length(); from += BLOCK) {
            int count = Math.min(BLOCK, point.length() - from);
            point.read(from, count, block);
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
        beside.forEach(FloatEngine::close);
        packed.forEach(FloatData::close);
        desks.forEach(FloatScratch::close);
        lanes.forEach(FloatMemory::close);
        parameters.close();
        BlasThreads.close();
    }

    private static int first(int lane, int pieces, int count) {
        return (int) ((long) lane * pieces / count);
    }
}
