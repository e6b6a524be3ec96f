package io.lossledger.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ParameterRole;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkPlanTest {
    @Test
    void cutsSumsBetweenUnits() {
        assertThat(ChunkPlan.ofUnits(layout(10, 3), 8, 16).chunks())
                .containsExactly(new ChunkPlan.Chunk(0, 0, 6), new ChunkPlan.Chunk(0, 6, 4));
    }

    /** Allocating takes a double for each parameter of a chunk, several times. */
    @Test
    void boundsTheMemoryOfAllocatingLargeTensors() {
        int large = 100_000_000;
        for (int perUnit : new int[] {0, 25_088, large}) {
            List<ChunkPlan.Chunk> chunks =
                    ChunkPlan.ofUnits(layout(large, perUnit), 8, 256 << 10).chunks();

            assertThat(chunks).allMatch(chunk -> chunk.count() <= 1 << 22);
            assertThat(chunks.stream().mapToLong(ChunkPlan.Chunk::count).sum()).isEqualTo(large);
        }
    }

    private static ModelLayout layout(int count, int perUnit) {
        return new ModelLayout(
                count,
                List.of(new TensorLayout("W", "fc", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, count, perUnit, 0)));
    }
}
