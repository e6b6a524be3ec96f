package io.lossledger.trainer;

/** Parses numbers in the text of a setting. Stateless. */
final class Numbers {
    private Numbers() {}

    /** @throws IllegalArgumentException unless it is a finite number above 0 */
    static double above0(String setting, String number, String text) {
        double value;
        try {
            value = Double.parseDouble(number);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    setting + ": must have a number above 0 in place of '" + number + "'. Found: " + text);
        }
        return value;
    }

    /** @throws IllegalArgumentException unless it is a whole number from 1 */
    static int atLeast1(String setting, String number, String text) {
        int value;
        try {
            value = Integer.parseInt(number);
        } catch (NumberFormatException e) {
            value = 0;
        }
        if (value < 1) {
            throw new IllegalArgumentException(
                    setting + ": must have a whole number from 1 in place of '" + number + "'. Found: " + text);
        }
        return value;
    }
}
