package io.lossledger.streams.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoveredStepsTest {
    private static final int STEPS = 60;

    /** Against a set of bits. */
    @Test
    void holdsEachStepOnce() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            CoveredSteps covered = new CoveredSteps();
            BitSet expected = new BitSet();
            for (int i = 0; i < 40; i++) {
                int from = random.nextInt(STEPS);
                int to = from + 1 + random.nextInt(5);
                boolean isNew = expected.get(from, to).isEmpty();
                assertThat(covered.add(from, to)).isEqualTo(isNew);
                if (isNew) {
                    expected.set(from, to);
                }
                covered = CoveredSteps.of(covered.bounds());
            }
            assertThat(covered.count()).isEqualTo(expected.cardinality());
            assertThat(covered.end(-1)).isEqualTo(expected.length());
            for (int from = 0; from < STEPS; from++) {
                assertThat(covered.firstGap(from)).isEqualTo(expected.nextClearBit(from));
                int to = from + random.nextInt(5);
                assertThat(covered.contains(from, to)).isEqualTo(expected.nextClearBit(from) >= to);
            }
        }
    }

    @Test
    void keepsOneIntervalForStepsThatFollowEachOther() {
        CoveredSteps covered = new CoveredSteps();
        assertThat(covered.end(-1)).isEqualTo(-1);
        covered.add(4, 6);
        covered.add(0, 2);
        assertThat(covered.bounds()).containsExactly(0, 2, 4, 6);
        covered.add(2, 4);
        assertThat(covered.bounds()).containsExactly(0, 6);
    }
}
