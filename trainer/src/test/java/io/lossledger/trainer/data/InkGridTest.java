package io.lossledger.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InkGridTest {

    private static final int SIDE = 12;

    private final InkGrid grid = new InkGrid(SIDE);

    @Test
    void aPenLeavesInkWithinItsRadius() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            double[] line = randomPoints(random, 2);
            grid.clear();
            grid.addLines(line);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                double distance = Line2D.ptSegDist(line[0], line[1], line[2], line[3], x(pixel), y(pixel));
                double expected = Math.max(0, Math.min(1, 0.5 + (1.5 - distance) / 1.25));
                assertThat(grid.penInk(pixel, 1.5, 1.25)).isCloseTo(expected, within(1e-6));
            }
        }
    }

    @Test
    void closedLinesAreFilledAsJava2dFillsThem() {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 200; round++) {
            double[] points = closed(randomPoints(random, 5));
            Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
            path.moveTo(points[0], points[1]);
            for (int i = 2; i < points.length; i += 2) {
                path.lineTo(points[i], points[i + 1]);
            }
            grid.clear();
            grid.addLines(points);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                boolean inside = grid.filledInk(pixel, 0, 1e-9) > 0.5;
                assertThat(inside).isEqualTo(path.contains(x(pixel), y(pixel)));
            }
        }
    }

    @Test
    void theInsideOfAContourWithinAContourTurnedTheOtherWayIsEmpty() {
        grid.clear();
        grid.addLines(new double[] {1, 1, 11, 1, 11, 11, 1, 11, 1, 1});
        grid.addLines(new double[] {4, 4, 4, 8, 8, 8, 8, 4, 4, 4});
        assertThat(grid.filledInk(6 * SIDE + 2, 0, 1)).isEqualTo(1);
        assertThat(grid.filledInk(6 * SIDE + 6, 0, 1)).isZero();
    }

    @Test
    void growthThickens() {
        grid.clear();
        grid.addLines(new double[] {4, 4, 8, 4, 8, 8, 4, 8, 4, 4});
        int justOutside = 6 * SIDE + 3;
        assertThat(grid.filledInk(justOutside, 0, 1)).isZero();
        assertThat(grid.filledInk(justOutside, 1, 1)).isEqualTo(1);
    }

    @Test
    void linesBeyondTheEdgesAreIgnored() {
        grid.clear();
        grid.addLines(new double[] {-50, -50, -20, 90, 90, 90, -50, -50});
        grid.addLines(new double[] {3, 3, 3, 3});
        assertThat(grid.penInk(3 * SIDE + 3, 1, 1)).isPositive();
    }

    private static double[] randomPoints(SplittableRandom random, int count) {
        return random.doubles(2L * count, -2, SIDE + 2).toArray();
    }

    private static double[] closed(double[] points) {
        double[] closed = Arrays.copyOf(points, points.length + 2);
        closed[points.length] = points[0];
        closed[points.length + 1] = points[1];
        return closed;
    }

    private static double x(int pixel) {
        int column = pixel % SIDE;
        return column + 0.5;
    }

    private static double y(int pixel) {
        int row = pixel / SIDE;
        return row + 0.5;
    }
}
