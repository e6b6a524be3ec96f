package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitSumsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 25, 784, 5000})
    void givesTheBitsOfOneRunningSumPerUnit(int parametersPerUnit) {
        Random random = new Random(parametersPerUnit);
        for (int trial = 0; trial < 60; trial++) {
            int count = trial < 10 ? trial : random.nextInt(4000);
            long offset = random.nextInt(3) == 0 ? (1L << 40) + random.nextInt(99) : random.nextInt(2000);
            double[] allocated = random.doubles(count + 1, -1, 1).toArray();
            double[] expected = random.doubles(count + 2, -1, 1).toArray();
            double[] actual = expected.clone();
            for (int i = 0; i < count; i++) {
                expected[(int) ((offset + i) / parametersPerUnit - offset / parametersPerUnit)] += allocated[i];
            }
            AllocationKernel.addUnitSums(allocated, count, offset, parametersPerUnit, actual);
            assertThat(actual).containsExactly(expected);
        }
    }

    @Test
    void chunksAddedOneByOneGiveTheBitsOfTheWhole() {
        double[] tensor = new Random(3).doubles(10_000, -1, 1).toArray();
        double[] whole = new double[100];
        AllocationKernel.addUnitSums(tensor, 10_000, 0, 100, whole);
        double[] unitsOfOneChunk = new double[2];
        for (int from = 7_000; from < 7_100; from += 33) {
            int to = Math.min(from + 33, 7_100);
            AllocationKernel.addUnitSums(Arrays.copyOfRange(tensor, from, to), to - from, from, 100, unitsOfOneChunk);
        }
        assertThat(unitsOfOneChunk[0]).isEqualTo(whole[70]);
        assertThat(unitsOfOneChunk[1]).isZero();
    }

    @Test
    void nothingIsAddedForNoParameters() {
        double[] unitSums = {};
        AllocationKernel.addUnitSums(new double[0], 0, 5, 3, unitSums);
        assertThat(unitSums).isEmpty();
    }

    @Test
    void refusesTooFewUnitsAndBadDimensions() {
        double[] allocated = new double[5];
        assertRefused(
                () -> AllocationKernel.addUnitSums(allocated, 5, 3, 4, new double[1]),
                "unitSums.length: must be at least 2. Found: 1");
        assertRefused(
                () -> AllocationKernel.addUnitSums(allocated, 6, 0, 4, new double[9]),
                "allocated.length: must be at least 6. Found: 5");
        assertRefused(
                () -> AllocationKernel.addUnitSums(allocated, 5, -1, 4, new double[9]),
                "offset: must not be negative. Found: -1");
        assertRefused(
                () -> AllocationKernel.addUnitSums(allocated, 5, 0, 0, new double[9]),
                "parametersPerUnit: must be at least 1. Found: 0");
        assertRefused(
                () -> AllocationKernel.addUnitSums(allocated, -1, 0, 4, new double[9]),
                "count: must not be negative. Found: -1");
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
