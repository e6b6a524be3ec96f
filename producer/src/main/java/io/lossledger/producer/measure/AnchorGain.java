package io.lossledger.producer.measure;

/** Whether an anchor has made the sampling error smaller of late: squared errors with and without it, older ones fading. */
final class AnchorGain {
    private static final double FADING = 0.9;
    /** So many segments are needed to tell. */
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
