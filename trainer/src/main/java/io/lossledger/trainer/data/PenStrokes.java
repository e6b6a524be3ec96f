package io.lossledger.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ten digits as pen strokes, in two or three variants each: built in, so they need no font. */
final class PenStrokes {

    private static final int STEPS_PER_SPAN = 5;

    // Digit, then its ways to be written. Strokes are separated by "|"; each is a smooth curve through x,y points in a
    // box about 60 wide and 100 high. A corner is the end of one stroke and the start of the next.
    private static final String[][] DIGITS = {
        {
            "30,0 8,18 0,50 8,82 30,100 52,82 60,50 52,18 30,0", "42,6 18,6 3,42 8,84 28,100 50,84 58,48 46,14 22,4",
        },
        {
            "30,0 30,100", "10,24 32,0 | 32,0 32,100", "12,22 32,0 | 32,0 32,100 | 8,100 56,100",
        },
        {
            "4,24 14,5 34,0 54,12 56,32 40,58 4,100 | 4,100 60,100",
            "6,22 20,2 42,2 54,22 46,50 26,80 8,96 2,87 16,80 36,93 60,97",
        },
        {
            "6,12 24,0 48,6 54,24 44,42 24,48 | 24,48 48,54 60,74 48,94 24,100 2,88",
            "6,2 54,2 | 54,2 26,40 | 26,40 50,48 60,70 48,94 24,100 2,90",
        },
        {
            "12,0 6,30 2,58 | 2,58 62,56 | 48,12 44,100", "44,0 0,68 | 0,68 62,68 | 44,0 44,100",
        },
        {
            "54,2 12,2 | 12,2 8,44 | 8,44 30,36 54,48 58,72 44,94 22,100 2,90",
            "58,0 16,6 | 16,6 10,42 | 10,42 34,42 54,58 52,84 30,100 4,94",
        },
        {
            "46,0 22,16 6,44 2,72 14,94 34,100 54,88 56,66 40,52 18,58 4,76",
            "40,0 14,36 2,70 16,97 42,97 56,76 44,56 22,58 6,76",
        },
        {
            "2,2 58,2 | 58,2 38,44 24,100",
            "2,4 58,2 | 58,2 38,44 24,100 | 16,52 54,48",
            "4,16 4,2 | 4,2 58,2 | 58,2 34,48 28,100",
        },
        {
            "50,12 30,0 10,12 14,34 32,48 54,68 52,90 30,100 8,90 6,70 26,50 48,32 50,12",
            "30,0 10,10 8,28 30,46 52,28 50,10 30,0 | 30,46 4,62 4,86 30,100 56,86 56,62 30,46",
        },
        {
            "54,24 38,46 14,46 2,28 10,8 32,0 50,8 54,26 52,60 46,100",
            "54,30 36,48 12,44 4,22 20,2 44,4 56,26 54,60 40,90 14,100",
        },
    };

    private PenStrokes() {}

    /** The variants of each digit from 0 to 9. */
    static List<List<Glyph>> glyphs() {
        return Arrays.stream(DIGITS)
                .map(ways -> Arrays.stream(ways).map(PenStrokes::parse).toList())
                .toList();
    }

    private static Glyph parse(String way) {
        List<double[]> strokes = new ArrayList<>();
        for (String stroke : way.split(" \\| ", -1)) {
            strokes.add(curveThrough(Arrays.stream(stroke.split("[ ,]", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray()));
        }
        return Glyph.normalised(strokes, false);
    }

    /** A Catmull-Rom spline through the points, closed if the last point is the first. */
    private static double[] curveThrough(double[] points) {
        int spans = points.length / 2 - 1;
        boolean closed = points[0] == points[2 * spans] && points[1] == points[2 * spans + 1];
        double[] curve = new double[2 * (spans * STEPS_PER_SPAN + 1)];
        for (int span = 0; span < spans; span++) {
            int before = span > 0 ? span - 1 : closed ? spans - 1 : 0;
            int after = span + 2 <= spans ? span + 2 : closed ? 1 : spans;
            for (int step = 0; step < STEPS_PER_SPAN; step++) {
                double t = (double) step / STEPS_PER_SPAN;
                for (int axis = 0; axis < 2; axis++) {
                    curve[2 * (span * STEPS_PER_SPAN + step) + axis] = spline(
                            t,
                            points[2 * before + axis],
                            points[2 * span + axis],
                            points[2 * span + 2 + axis],
                            points[2 * after + axis]);
                }
            }
        }
        curve[curve.length - 2] = points[2 * spans];
        curve[curve.length - 1] = points[2 * spans + 1];
        return curve;
    }

    private static double spline(double t, double before, double start, double end, double after) {
        double linear = end - before;
        double square = 2 * before - 5 * start + 4 * end - after;
        double cubic = 3 * (start - end) + after - before;
        return start + 0.5 * t * (linear + t * (square + t * cubic));
    }
}
