package io.lossledger.producer.measure;

/**
 * Whether an anchor has recently reduced the sampling error: compares squared errors with and without it, older ones
 * with less weight.
 */
final class AnchorGain {
    private static final double FADING = 0.9;
    /** The number of segments needed to decide. */
    private static final int LEAST_SEGMENTS = 10;

    private double plain;
    private double anchored;
    private int segments;

    void add(double plainError, double anchoredError) {
        plain = FADING * plain + plainError * plainError;
        anchored = FADING * anchored + anchoredError * anchoredError;
        segments++;
    }

    boolean isGain() {
        return segments < LEAST_SEGMENTS || anchored < plain;
    }
}
