package io.lossledger.trainer;

import java.util.OptionalDouble;

/**
 * How the training of one layer differs from the rest. Immutable.
 *
 * @param layer its name
 * @param frozen whether its parameters keep their initial values
 * @param learningRateFactor factor of the learning rate, scheduled or not; above 0
 * @param momentum its own momentum, from 0 to below 1
 */
public record LayerSettings(String layer, boolean frozen, double learningRateFactor, OptionalDouble momentum) {
    private static final String FORM = "layer: must be NAME:frozen or NAME:lr=FACTOR and/or momentum=X. Found: ";

    /** @throws IllegalArgumentException when a value is out of range */
    public LayerSettings {
        if (!(learningRateFactor > 0) || Double.isInfinite(learningRateFactor)) {
            throw new IllegalArgumentException(
                    "layer " + layer + ": must have a factor above 0. Found: " + learningRateFactor);
        }
        if (momentum.isPresent() && !(momentum.getAsDouble() >= 0 && momentum.getAsDouble() < 1)) {
            throw new IllegalArgumentException(
                    "layer " + layer + ": must have a momentum from 0 to below 1. Found: " + momentum.getAsDouble());
        }
    }

    /**
     * Parses {@code NAME:frozen} or {@code NAME:lr=FACTOR,momentum=X} with one or both settings; {@link #toString}
     * writes it.
     *
     * @throws IllegalArgumentException when the text has a different form or a value is out of range
     */
    public static LayerSettings parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(FORM + text);
        }
        String layer = text.substring(0, colon);
        if (text.substring(colon + 1).equals("frozen")) {
            return new LayerSettings(layer, true, 1, OptionalDouble.empty());
        }
        OptionalDouble factor = OptionalDouble.empty();
        OptionalDouble momentum = OptionalDouble.empty();
        for (String part : text.substring(colon + 1).split(",", -1)) {
            if (part.startsWith("lr=") && factor.isEmpty()) {
                factor = number(part, text);
            } else if (part.startsWith("momentum=") && momentum.isEmpty()) {
                momentum = number(part, text);
            } else {
                throw new IllegalArgumentException(FORM + text);
            }
        }
        return new LayerSettings(layer, false, factor.orElse(1), momentum);
    }

    private static OptionalDouble number(String part, String text) {
        try {
            return OptionalDouble.of(Double.parseDouble(part.substring(part.indexOf('=') + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(FORM + text, e);
        }
    }

    @Override
    public String toString() {
        if (frozen) {
            return layer + ":frozen";
        }
        return layer + ":lr=" + learningRateFactor
                + (momentum.isPresent() ? ",momentum=" + momentum.getAsDouble() : "");
    }
}
