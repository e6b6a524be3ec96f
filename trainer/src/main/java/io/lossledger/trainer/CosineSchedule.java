package io.lossledger.trainer;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Half a cosine wave over the iterations, from the first rate down to 0, which ND4J lacks. Immutable.
 *
 * <p>Public because DL4J creates it again when it reads a stored network.
 *
 * @param initialValue rate at iteration 0
 * @param steps iterations until 0, at least 1
 */
public record CosineSchedule(double initialValue, int steps) implements ISchedule {
    private static final long serialVersionUID = 1L;

    @JsonCreator
    public CosineSchedule(@JsonProperty("initialValue") double initialValue, @JsonProperty("steps") int steps) {
        this.initialValue = initialValue;
        this.steps = steps;
    }

    @Override
    @JsonProperty("initialValue")
    public double initialValue() {
        return initialValue;
    }

    @Override
    @JsonProperty("steps")
    public int steps() {
        return steps;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        double done = Math.min(1, (double) iteration / steps);
        return initialValue * (1 + Math.cos(Math.PI * done)) / 2;
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
