package io.lossledger.trainer.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The outlines of ten shapes, by class: disc, triangle, square, star, cross, ring, bar, crescent, arrow, heart. Closed
 * polylines of alternating x and y within a circle of radius 1. No shape is a rotated or stretched version of another.
 *
 * <p>Uses {@link StrictMath} only, whose results are specified to the bit.
 */
final class ShapeOutlines {

    private static final int ARC_POINTS = 40;
    private static final double FULL_TURN = 2 * Math.PI;

    private ShapeOutlines() {}

    static List<double[][]> byClass() {
        return List.of(
                outline(polygon(ARC_POINTS, 1)),
                outline(polygon(3, 1)),
                outline(polygon(4, 1)),
                outline(polygon(10, 0.42)),
                outline(cross(0.26)),
                outline(polygon(ARC_POINTS, 1), inside(polygon(ARC_POINTS, 1), 0.58)),
                outline(-0.96, -0.28, 0.96, -0.28, 0.96, 0.28, -0.96, 0.28),
                outline(crescent()),
                outline(1, 0, 0.15, 0.72, 0.15, 0.24, -0.95, 0.24, -0.95, -0.24, 0.15, -0.24, 0.15, -0.72),
                outline(heart()));
    }

    /** Corners on the unit circle, with every other one moved in to {@code waist}. */
    private static double[] polygon(int corners, double waist) {
        double[] points = new double[2 * corners];
        for (int i = 0; i < corners; i++) {
            double radius = i % 2 == 0 ? 1 : waist;
            put(points, i, radius, FULL_TURN * i / corners);
        }
        return points;
    }

    private static double[] cross(double halfWidth) {
        double w = halfWidth;
        double l = 0.95;
        return new double[] {w, -l, w, -w, l, -w, l, w, w, w, w, l, -w, l, -w, w, -l, w, -l, -w, -w, -w, -w, -l};
    }

    /** The unit circle without a circle of radius 0.8 that is centred 0.5 to the right. */
    private static double[] crescent() {
        double outer = StrictMath.acos((1 + 0.25 - 0.64) / (2 * 0.5));
        double inner = Math.PI - StrictMath.acos((0.64 + 0.25 - 1) / (2 * 0.5 * 0.8));
        double[] points = new double[4 * ARC_POINTS];
        for (int i = 0; i < ARC_POINTS; i++) {
            double along = (double) i / (ARC_POINTS - 1);
            put(points, i, 1, outer + along * (FULL_TURN - 2 * outer));
            int back = 2 * ARC_POINTS - 1 - i;
            put(points, back, 0.8, inner + along * (FULL_TURN - 2 * inner));
            points[2 * back] += 0.5;
        }
        return points;
    }

    private static double[] heart() {
        double[] points = new double[2 * ARC_POINTS];
        for (int i = 0; i < ARC_POINTS; i++) {
            double t = FULL_TURN * i / ARC_POINTS;
            double sine = StrictMath.sin(t);
            points[2 * i] = sine * sine * sine;
            points[2 * i + 1] = -(13 * StrictMath.cos(t)
                            - 5 * StrictMath.cos(2 * t)
                            - 2 * StrictMath.cos(3 * t)
                            - StrictMath.cos(4 * t)
                            + 2.5)
                    / 16;
        }
        return points;
    }

    private static void put(double[] points, int index, double radius, double angle) {
        points[2 * index] = radius * StrictMath.cos(angle);
        points[2 * index + 1] = radius * StrictMath.sin(angle);
    }

    /** A hole: a smaller contour in the opposite direction. */
    private static double[] inside(double[] points, double scale) {
        double[] hole = new double[points.length];
        for (int i = 0; i < points.length; i += 2) {
            hole[points.length - 2 - i] = scale * points[i];
            hole[points.length - 1 - i] = scale * points[i + 1];
        }
        return hole;
    }

    private static double[][] outline(double... points) {
        return new double[][] {close(points)};
    }

    private static double[][] outline(double[] points, double[] hole) {
        List<double[]> contours = new ArrayList<>();
        contours.add(close(points));
        contours.add(close(hole));
        return contours.toArray(new double[0][]);
    }

    private static double[] close(double[] points) {
        double[] closed = new double[points.length + 2];
        System.arraycopy(points, 0, closed, 0, points.length);
        closed[points.length] = points[0];
        closed[points.length + 1] = points[1];
        return closed;
    }
}
