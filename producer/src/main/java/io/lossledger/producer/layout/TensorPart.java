package io.lossledger.producer.layout;

import java.util.List;

/**
 * A part of a parameter array that is booked as a separate tensor, or the whole array.
 *
 * @param suffix what is appended to the array's name; empty for the whole array
 * @param key DL4J's key of the array without the marks of its direction, such as {@code RW}
 * @param from its first parameter within the array, in memory order
 * @param shape shape of the part
 * @param parametersPerUnit parameters of one unit, which are contiguous; 0 when not mapped to units
 * @param firstUnit unit of the first parameter
 */
record TensorPart(String suffix, String key, int from, List<Integer> shape, int parametersPerUnit, int firstUnit) {

    int count() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** The same part with units numbered from {@code units}. */
    TensorPart after(int units) {
        return parametersPerUnit == 0
                ? this
                : new TensorPart(suffix, key, from, shape, parametersPerUnit, firstUnit + units);
    }
}
