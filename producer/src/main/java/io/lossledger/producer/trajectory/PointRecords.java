package io.lossledger.producer.trajectory;

import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.StepRecords;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.v1.BlockEnd;
import io.lossledger.protocol.v1.Point;
import io.lossledger.protocol.v1.PointChunk;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepFacts;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Builds the records of a trajectory: points, cut into chunks of at most the publisher's chunk bytes and with the exact bits of the
 * parameters, and the ends of blocks. Immutable.
 */
final class PointRecords {
    private final Point header;
    private final String topic;
    private final int partitions;
    private final int chunkBytes;

    /**
     * @param publisher publisher of a run whose manifest has a trajectory
     */
    PointRecords(LedgerPublisher publisher) {
        RunManifest manifest = publisher.manifest();
        this.header = Point.newBuilder()
                .setRun(manifest.getRun())
                .setSession(manifest.getSession())
                .setFirstStep(manifest.getFirstStep())
                .setStepsInBlock(manifest.getTrajectory().getStepsInBlock())
                .build();
        this.topic = LedgerTopic.TRAJECTORY.named(publisher.settings().topicPrefix());
        this.partitions = manifest.getTrajectory().getPartitions();
        this.chunkBytes = publisher.settings().chunkBytes();
    }

    /**
     * One point.
     *
     * @param step the step that starts at these parameters
     * @param path index of its path
     * @param facts facts about the step before
     */
    StepRecords point(int block, int step, FlatVector parameters, int path, StepFacts facts) {
        int size = chunkBytes / parameters.elementBytes();
        int count = (parameters.length() + size - 1) / size;
        return new StepRecords() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public long bytes() {
                return (long) parameters.length() * parameters.elementBytes();
            }

            @Override
            public ProducerRecord<String, byte[]> record(int index) {
                int from = index * size;
                int length = Math.min(size, parameters.length() - from);
                Point.Builder point = header.toBuilder()
                        .setBlock(block)
                        .setStep(step)
                        .setPath(path)
                        .setChunk(PointChunk.newBuilder()
                                .setChunk(index)
                                .setChunks(count)
                                .setElementType(parameters.elementType())
                                .setOffset(from)
                                .setCount(length)
                                .setLength(parameters.length())
                                .setValues(parameters.bytes(from, length)));
                if (!facts.equals(StepFacts.getDefaultInstance())) {
                    point.setFacts(facts);
                }
                return PointRecords.this.record(point.build());
            }
        };
    }

    /**
     * The end of a block.
     *
     * @param step the step after its last one
     * @param points points of the block that were sent
     */
    ProducerRecord<String, byte[]> end(int block, int step, int points) {
        return record(header.toBuilder()
                .setBlock(block)
                .setStep(step)
                .setEnd(BlockEnd.newBuilder().setPoints(points))
                .build());
    }

    private ProducerRecord<String, byte[]> record(Point point) {
        return new ProducerRecord<>(
                topic,
                PointKey.partition(point.getRun(), point.getBlock(), partitions),
                PointKey.of(point.getRun(), point.getBlock()),
                point.toByteArray());
    }
}
