package io.lossledger.protocol;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The record key of {@code lossledger.trajectory}, and the partition of a block: the blocks of a run go round the partitions,
 * so that workers share them evenly. Stateless.
 */
public final class PointKey {
    private PointKey() {}

    /** {@code run|block}, the block in decimal. */
    public static String of(String run, int block) {
        return run + '|' + Integer.toUnsignedString(block);
    }

    /**
     * The partition of a block: that of the run's first block is the one that Kafka's default partitioner gives to the run id.
     *
     * @param block index of the block, 0-based
     * @param partitions partitions of the topic, at least 1
     */
    public static int partition(String run, int block, int partitions) {
        long first = Utils.toPositive(Utils.murmur2(run.getBytes(StandardCharsets.UTF_8)));
        return (int) ((first + Integer.toUnsignedLong(block)) % partitions);
    }
}
