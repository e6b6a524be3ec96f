package io.lossledger.producer.layout;

import java.util.List;

/**
 * A part of a parameter array that is booked as a tensor of its own, or the whole array.
 *
 * @param suffix what sets its name apart from the array's; empty for the whole array
 * @param key DL4J's key of the array without the marks of its direction, such as {@code RW}
 * @param from its first parameter within the array, in memory order
 * @param shape shape of the part
 * @param parametersPerUnit parameters of one unit, which lie together; 0 when not mapped to units
 * @param firstUnit unit of the first parameter
 */
record TensorPart(String suffix, String key, int from, List<Integer> shape, int parametersPerUnit, int firstUnit) {

    int count() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** The same for units that are numbered from {@code units} on. */
    TensorPart after(int units) {
        return parametersPerUnit == 0
                ? this
                : new TensorPart(suffix, key, from, shape, parametersPerUnit, firstUnit + units);
    }
}
