package io.lossledger.producer.worker;

import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Takes records from the partitions, opens and ends blocks, and has their segments measured. Used by the worker's thread alone. */
final class BlockIntake {
    private final MeasuredRuns runs;
    private final GroupView group;
    private final ExecutorService evaluation;
    private final WorkerListener listener;
    private final List<Future<List<Update>>> unmeasured = new ArrayList<>();
    private long invalid;

    BlockIntake(MeasuredRuns runs, GroupView group, ExecutorService evaluation, WorkerListener listener) {
        this.runs = runs;
        this.group = group;
        this.evaluation = evaluation;
        this.listener = listener;
    }

    /** The segments that are not measured yet. */
    int unmeasured() {
        unmeasured.removeIf(Future::isDone);
        return unmeasured.size();
    }

    /** The records that broke the contract. */
    long invalid() {
        return invalid;
    }

    /**
     * Takes the next record of a partition.
     *
     * @return false when it has to wait: its run is not known yet, or its block is too far ahead
     */
    boolean take(PartitionQueue queue) {
        PartitionQueue.Entry entry = queue.next();
        Point point = entry.point();
        if (point == null) {
            refuse(entry.fault());
        } else if (runs.isWanted(point.getRun()) && !isWritten(queue, point)) {
            Optional<RunMeasurer> measurer = runs.measurer(point.getRun());
            if (measurer.isEmpty() && runs.isWanted(point.getRun())) {
                return false;
            }
            if (measurer.isPresent() && !take(queue, entry, point, measurer.get())) {
                return false;
            }
        }
        queue.pass();
        return true;
    }

    private void refuse(String fault) {
        invalid++;
        listener.invalidPoint(fault);
    }

    private static boolean isWritten(PartitionQueue queue, Point point) {
        return queue.lastEnded(point.getRun())
                .filter(last -> Integer.compareUnsigned(point.getBlock(), last) <= 0)
                .isPresent();
    }

    private boolean take(PartitionQueue queue, PartitionQueue.Entry entry, Point point, RunMeasurer measurer) {
        RunManifest recorded = runs.manifest(point.getRun()).orElse(measurer.manifest());
        String fault = fault(queue, point, recorded);
        if (fault != null) {
            refuse(fault);
            return true;
        }
        BlockWork block = queue.open(point.getRun()).orElse(null);
        if (block != null && block.block() < point.getBlock()) {
            // Its end is lost, or its producer died and went on; later blocks come after it.
            block.end((int) PointParser.firstStep(block.points().first())
                    + block.points().first().getStepsInBlock());
            queue.end(point.getRun());
            block = null;
        }
        if (block == null) {
            int partitions = group.partitions(recorded);
            loseBlocksBefore(queue, entry, point, measurer, partitions);
            if (!group.mayBegin(point.getRun(), point.getBlock(), partitions)) {
                return false;
            }
            block = open(queue, entry, point, measurer);
        }
        add(queue, block, point);
        return true;
    }

    private @Nullable String fault(PartitionQueue queue, Point point, RunManifest recorded) {
        int steps = recorded.getTrajectory().getStepsInBlock();
        if (point.getSession() != recorded.getSession()) {
            return "point.session: must be that of the run's manifest. Found: another, so the run id was used twice";
        }
        if (point.getStepsInBlock() != steps || point.getFirstStep() != recorded.getFirstStep()) {
            return "point.steps_in_block and first_step: must be those of the run's manifest, " + steps + " and "
                    + recorded.getFirstStep() + ". Found: " + point.getStepsInBlock() + " and " + point.getFirstStep();
        }
        int expected = PointKey.partition(point.getRun(), point.getBlock(), group.partitions(recorded));
        return expected == queue.partition().partition()
                ? null
                : "partition: must be " + expected + " for block " + point.getBlock() + ". Found: "
                        + queue.partition().partition();
    }

    /**
     * Blocks that are missing between the last one here and this one are lost. They are written first, so that no worker waits
     * for them.
     */
    private void loseBlocksBefore(
            PartitionQueue queue, PartitionQueue.Entry entry, Point point, RunMeasurer measurer, int count) {
        long next = queue.lastEnded(point.getRun())
                .map(last -> Integer.toUnsignedLong(last) + count)
                .orElse((long) point.getBlock() % count);
        for (; next < point.getBlock(); next += count) {
            queue.addGone(
                    point.getRun(),
                    BlockWork.gone((int) next, point, measurer, entry.offset(), entry.timestampMillis()));
        }
    }

    private BlockWork open(PartitionQueue queue, PartitionQueue.Entry entry, Point point, RunMeasurer measurer) {
        TrajectoryManifest trajectory = measurer.manifest().getTrajectory();
        ElementType type = trajectory.getElementType();
        OpenBlock points = new OpenBlock(point, type, trajectory.getVectorLength());
        BlockWork block = new BlockWork(points, measurer, entry.offset(), entry.timestampMillis());
        queue.open(point.getRun(), block);
        return block;
    }

    private void add(PartitionQueue queue, BlockWork block, Point point) {
        if (point.hasEnd()) {
            block.end(point.getStep());
            queue.end(point.getRun());
            return;
        }
        try {
            Optional<TrainedSegment> segment = block.points().add(point);
            segment.ifPresent(found -> {
                Future<List<Update>> updates =
                        evaluation.submit(() -> block.measurer().measure(found));
                unmeasured.add(updates);
                block.add(found, updates);
            });
        } catch (InvalidPointException e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }
}
