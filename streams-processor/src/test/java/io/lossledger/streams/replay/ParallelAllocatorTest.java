package io.lossledger.streams.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.UpdateAllocator;
import io.lossledger.streams.allocate.UpdateParser;
import io.lossledger.streams.letters.InvalidUpdateException;
import io.lossledger.streams.raw.StepRange;
import io.lossledger.streams.topology.Updates;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ParallelAllocatorTest {
    private static final RecordHeaders NO_HEADERS = new RecordHeaders();
    private static final Optional<Integer> NO_EPOCH = Optional.empty();

    @Test
    void givesRecordsBackInOrderWithWhatIsWrong() throws Exception {
        UpdateAllocator alone = new UpdateAllocator(Optional.empty());
        try (ParallelAllocator allocator = new ParallelAllocator(Optional.empty(), StepRange.ALL, 3)) {
            int added = 0;
            for (int taken = 0; taken < 200; taken++) {
                while (allocator.hasRoom()) {
                    allocator.add(record(added++));
                }
                AllocatedRecord record = allocator.take();
                assertThat(record.timestampMillis()).isEqualTo(taken);
                if (taken % 10 == 9) {
                    assertThat(record.update()).isNull();
                    assertThatThrownBy(record::partial)
                            .isInstanceOf(InvalidUpdateException.class)
                            .hasMessageStartingWith("update: must be a lossledger.v1.Update message");
                } else {
                    ConsumerRecord<byte[], byte[]> sent = record(taken);
                    assertThat(record.partial())
                            .isEqualTo(alone.allocate(UpdateParser.parse(sent.key(), sent.value()), sent.timestamp()));
                }
            }
            assertThat(added).isGreaterThan(200);
        }
    }

    @Test
    void takesFewRecordsThatAreLarge() throws Exception {
        try (ParallelAllocator allocator = new ParallelAllocator(Optional.empty(), StepRange.ALL, 3)) {
            for (int i = 0; i < 4; i++) {
                assertThat(allocator.hasRoom()).isTrue();
                allocator.add(record(i, new byte[16 << 20]));
            }
            assertThat(allocator.hasRoom()).isFalse();
            allocator.take();
            assertThat(allocator.hasRoom()).isTrue();
        }
    }

    /** Every tenth record is damaged. */
    private static ConsumerRecord<byte[], byte[]> record(int step) {
        Update update = Updates.step("run", step, 1 + step)[0];
        return record(step, step % 10 == 9 ? new byte[] {1, 2, 3} : update.toByteArray());
    }

    private static ConsumerRecord<byte[], byte[]> record(int step, byte[] value) {
        byte[] key = UpdateKey.of(Updates.step("run", step, 1 + step)[0]).getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                "update",
                0,
                step,
                step,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                NO_HEADERS,
                NO_EPOCH);
    }
}
