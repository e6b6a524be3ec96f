package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lossledger.lca.AllocationKernel;
import io.lossledger.lca.Quadrature;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The worked example of {@code docs/concepts.md} adds up, and the ledger's own arithmetic agrees. */
class WorkedExampleTest {
    private static final double[] MOVEMENT = {0.6, -0.3};
    private static final double EXACT = 1e-12;

    private static Map<String, List<Double>> rows = Map.of();

    @BeforeAll
    static void readTheTables() throws IOException {
        Map<String, List<Double>> numbers = new HashMap<>();
        for (String line : Files.readAllLines(Documents.ROOT.resolve("docs/concepts.md"))) {
            String[] cells = line.split("\\s*\\|\\s*", -1);
            if (line.matches("\\| (start|middle|end|w|b|sum) \\|.*")) {
                numbers.put(
                        cells[1],
                        Stream.of(cells)
                                .skip(2)
                                .flatMap(WorkedExampleTest::number)
                                .toList());
            }
        }
        rows = numbers;
    }

    @Test
    void lossAndGradientsAreThoseOfTheNeuron() {
        List<String> positions = List.of("start", "middle", "end");
        for (int i = 0; i < positions.size(); i++) {
            double w = MOVEMENT[0] * i / 2;
            double b = MOVEMENT[1] * i / 2;
            double prediction = w * 2 + b;
            double error = prediction - 3;
            assertRow(positions.get(i), w, b, prediction, error * error / 2, error * 2, error);
        }
    }

    @Test
    void theLedgersArithmeticGivesTheSameAllocation() {
        double[] average = new double[MOVEMENT.length];
        double[] weights = Quadrature.simpson(2).weights();
        AllocationKernel.addScaled(gradient("start"), weights[0], average, average.length);
        AllocationKernel.addScaled(gradient("middle"), weights[1], average, average.length);
        AllocationKernel.addScaled(gradient("end"), weights[2], average, average.length);
        double[] allocated = new double[MOVEMENT.length];
        AllocationKernel.multiply(MOVEMENT, average, allocated, allocated.length);
        assertRow("w", average[0], MOVEMENT[0], allocated[0]);
        assertRow("b", average[1], MOVEMENT[1], allocated[1]);
    }

    @Test
    void theSumIsTheLossChange() {
        double lossChange = row("end").get(3) - row("start").get(3);
        assertThat(row("w").get(2) + row("b").get(2)).isCloseTo(lossChange, within(EXACT));
        assertRow("sum", lossChange);
    }

    private static void assertRow(String name, double... expected) {
        assertThat(row(name)).as(name).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(row(name).get(i)).as(name + " " + i).isCloseTo(expected[i], within(EXACT));
        }
    }

    private static double[] gradient(String position) {
        return row(position).stream().skip(4).mapToDouble(Double::doubleValue).toArray();
    }

    private static List<Double> row(String name) {
        return rows.getOrDefault(name, List.of());
    }

    private static Stream<Double> number(String cell) {
        return cell.matches("[+−]?\\d.*") ? Stream.of(Double.valueOf(cell.replace('−', '-'))) : Stream.of();
    }
}
