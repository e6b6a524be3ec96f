package io.lossledger.analysis.report.picture;

/**
 * The range of a picture's axes, for pictures that are to be compared. An axis without numbers has NaN. Of a heatmap, y is
 * the scale of its colours.
 */
public record Extent(double lowX, double highX, double lowY, double highY) {
    /** The smallest extent that holds both. */
    public Extent and(Extent other) {
        return new Extent(
                least(lowX, other.lowX),
                -least(-highX, -other.highX),
                least(lowY, other.lowY),
                -least(-highY, -other.highY));
    }

    private static double least(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
    }
}
