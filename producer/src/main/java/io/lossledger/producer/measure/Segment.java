package io.lossledger.producer.measure;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;

/**
 * A straight piece of the trajectory, from one point of the flat parameters to another. Points between them, and their
 * difference, are formed in double and then rounded. Immutable.
 */
record Segment(FlatVector start, FlatVector end) {
    /** The point at {@code s} from 0 to 1. */
    FlatVector at(double s, ElementType type) {
        if (s == 0) {
            return start.in(type);
        }
        if (s == 1) {
            return end.in(type);
        }
        return FlatVector.between(type, start, end, s);
    }

    FlatVector delta(ElementType type) {
        return FlatVector.change(type, start, end);
    }
}
