package io.lossledger.producer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.v1.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The blocks of a trajectory as a worker reads them, for tests. */
public final class ReadBlocks {
    private ReadBlocks() {}

    /** A point, put together from its chunks. */
    public record Whole(Point first, ByteString values) {
        public int step() {
            return first.getStep();
        }
    }

    /** A block: its points in order, and its end. */
    public record Block(List<Whole> points, Point end) {}

    /** The blocks by their index. */
    public static Map<Integer, Block> of(List<ProducerRecord<String, byte[]>> records) {
        Map<Integer, List<Point>> byBlock = new TreeMap<>();
        for (ProducerRecord<String, byte[]> record : records) {
            if (record.topic().equals("lossledger.trajectory")) {
                Point point = parse(record.value());
                assertThat(record.key()).isEqualTo("r|" + point.getBlock());
                byBlock.computeIfAbsent(point.getBlock(), index -> new ArrayList<>())
                        .add(point);
            }
        }
        Map<Integer, Block> blocks = new TreeMap<>();
        byBlock.forEach((index, points) -> blocks.put(index, block(points)));
        return blocks;
    }

    private static Block block(List<Point> records) {
        Point end = records.get(records.size() - 1);
        assertThat(end.hasEnd()).as("the block ends").isTrue();
        List<Whole> points = new ArrayList<>();
        ByteString values = ByteString.EMPTY;
        for (Point record : records.subList(0, records.size() - 1)) {
            assertThat(record.hasChunk()).as("one end").isTrue();
            int chunk = record.getChunk().getChunk();
            values = chunk == 0
                    ? record.getChunk().getValues()
                    : values.concat(record.getChunk().getValues());
            if (chunk == record.getChunk().getChunks() - 1) {
                points.add(new Whole(record, values));
            }
        }
        assertThat(end.getEnd().getPoints()).isEqualTo(points.size());
        return new Block(points, end);
    }

    private static Point parse(byte[] bytes) {
        try {
            return Point.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
