package io.lossledger.protocol.verdict;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers for people. Stateless. */
public final class Figures {
    private static final int MOST_DECIMALS = 6;
    private static final double SMALLEST_PERCENT = 0.001;

    private Figures() {}

    /** Such as {@code 2.412}, {@code 1.23e-05}, {@code ∞} or {@code NaN}. */
    static String number(double value) {
        return number(value, "", 3);
    }

    /** The same, with a plus sign where it is above 0. */
    public static String signed(double value) {
        return number(value, "+", 3);
    }

    /** Such as {@code 2.412 → 0.312}, with as many decimals as it takes to see the difference. */
    public static String change(double from, double to) {
        int decimals = 3;
        while (decimals < MOST_DECIMALS
                && from != to
                && number(from, "", decimals).equals(number(to, "", decimals))) {
            decimals++;
        }
        return number(from, "", decimals) + " → " + number(to, "", decimals);
    }

    /** Such as {@code 0.024 %}: two digits that count. */
    static String percent(double share) {
        double percent = 100 * share;
        if (!Double.isFinite(percent)) {
            return number(percent) + " %";
        }
        if (percent >= 100) {
            return Math.round(percent) + " %";
        }
        if (percent > 0 && percent < SMALLEST_PERCENT) {
            return "below " + SMALLEST_PERCENT + " %";
        }
        BigDecimal rounded = new BigDecimal(percent).round(new MathContext(2)).stripTrailingZeros();
        return rounded.toPlainString() + " %";
    }

    /** Such as {@code 63 %}. */
    public static String wholePercent(double share) {
        return Math.round(100 * share) + " %";
    }

    static String steps(long count) {
        return count + (count == 1 ? " step" : " steps");
    }

    private static String number(double value, String flags, int decimals) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "−∞" : "∞";
        }
        double size = Math.abs(value);
        boolean plain = size == 0 || (size >= 1e-3 && size < 1e6);
        return String.format(Locale.ROOT, "%" + flags + "." + (plain ? decimals + "f" : (decimals - 1) + "e"), value);
    }
}
