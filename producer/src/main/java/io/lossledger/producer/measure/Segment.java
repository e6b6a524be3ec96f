package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;

/** A straight piece of the trajectory, from one point of the flat parameters to another. Arrays are not copied. */
@SuppressWarnings("ArrayRecordComponent") // never compared, and large
record Segment(double[] start, double[] end) {
    /** The point at {@code s} from 0 to 1. */
    FlatVector at(double s, ElementType type) {
        if (s == 0) {
            return FlatVector.of(type, start);
        }
        if (s == 1) {
            return FlatVector.of(type, end);
        }
        double[] point = new double[start.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = start[i] + s * (end[i] - start[i]);
        }
        return FlatVector.of(type, point);
    }

    FlatVector delta(ElementType type) {
        double[] difference = new double[start.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = end[i] - start[i];
        }
        return FlatVector.of(type, difference);
    }
}
