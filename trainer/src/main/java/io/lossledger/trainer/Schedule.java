package io.lossledger.trainer;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** How the learning rate changes over the optimizer steps, which are counted from 0. Immutable. */
public sealed interface Schedule {
    Schedule CONSTANT = new Constant();

    /** The learning rate over the steps, in DL4J's terms; null when it is constant. */
    @Nullable
    ISchedule startingAt(double learningRate);

    /**
     * Parses {@code constant}, {@code step:FACTOR@STEP[,FACTOR@STEP...]}, {@code exponential:GAMMA} or {@code
     * cosine:STEPS}; {@code toString} writes it.
     *
     * @throws IllegalArgumentException when the text is none of these, a factor or gamma is not above 0, or the steps
     *     do not ascend from 1
     */
    static Schedule parse(String text) {
        int colon = text.indexOf(':');
        String argument = text.substring(colon + 1);
        return switch (colon < 0 ? text : text.substring(0, colon + 1)) {
            case "constant" -> CONSTANT;
            case "step:" -> Steps.parse(argument, text);
            case "exponential:" -> new Exponential(Numbers.above0("schedule", argument, text));
            case "cosine:" -> new Cosine(Numbers.atLeast1("schedule", argument, text));
            default ->
                throw new IllegalArgumentException("schedule: must be constant, step:FACTOR@STEP[,FACTOR@STEP...],"
                        + " exponential:GAMMA or cosine:STEPS. Found: " + text);
        };
    }

    /** The same rate at every step. */
    record Constant() implements Schedule {
        @Override
        public @Nullable ISchedule startingAt(double learningRate) {
            return null;
        }

        @Override
        public String toString() {
            return "constant";
        }
    }

    /**
     * From each of these steps, the first rate times the factor; factors do not accumulate.
     *
     * @param factors factors above 0 by step
     */
    record Steps(Map<Integer, Double> factors) implements Schedule {
        private static final Pattern POINT = Pattern.compile("([^@]*)@([^@]*)");

        static Steps parse(String argument, String text) {
            TreeMap<Integer, Double> factors = new TreeMap<>();
            for (String part : argument.split(",", -1)) {
                Matcher point = POINT.matcher(part);
                if (!point.matches()) {
                    throw new IllegalArgumentException(
                            "schedule: must be step:FACTOR@STEP[,FACTOR@STEP...]. Found: " + text);
                }
                int step = Numbers.atLeast1("schedule", point.group(2), text);
                if (!factors.isEmpty() && step <= factors.lastKey()) {
                    throw new IllegalArgumentException("schedule: must have steps that ascend. Found: " + text);
                }
                factors.put(step, Numbers.above0("schedule", point.group(1), text));
            }
            return new Steps(factors);
        }

        public Steps {
            factors = Map.copyOf(factors);
        }

        @Override
        public ISchedule startingAt(double learningRate) {
            MapSchedule.Builder rates = new MapSchedule.Builder(ScheduleType.ITERATION).add(0, learningRate);
            factors.forEach((step, factor) -> rates.add(step, factor * learningRate));
            return rates.build();
        }

        @Override
        public String toString() {
            return new TreeMap<>(factors)
                    .entrySet().stream()
                            .map(point -> point.getValue() + "@" + point.getKey())
                            .collect(Collectors.joining(",", "step:", ""));
        }
    }

    /**
     * The rate of each step is gamma times that of the step before.
     *
     * @param gamma above 0
     */
    record Exponential(double gamma) implements Schedule {
        @Override
        public ISchedule startingAt(double learningRate) {
            return new ExponentialSchedule(ScheduleType.ITERATION, learningRate, gamma);
        }

        @Override
        public String toString() {
            return "exponential:" + gamma;
        }
    }

    /**
     * Half a cosine wave from the first rate down to 0, where it stays.
     *
     * @param steps steps until 0, at least 1
     */
    record Cosine(int steps) implements Schedule {
        @Override
        public ISchedule startingAt(double learningRate) {
            return new CosineSchedule(learningRate, steps);
        }

        @Override
        public String toString() {
            return "cosine:" + steps;
        }
    }
}
