package io.lossledger.lca;

/**
 * Sums by unit. Whole units are processed four at a time, each with its own running sum in flat order: an addition must
 * wait for the previous one of its unit, but not for those of other units. Stateless.
 */
final class UnitSums {
    private UnitSums() {}

    static void add(double[] allocated, int count, long offset, int parametersPerUnit, double[] unitSums) {
        requireDimensions(allocated, count, offset, parametersPerUnit, unitSums);
        int head = Math.min(count, (int) ((parametersPerUnit - offset % parametersPerUnit) % parametersPerUnit));
        int unit = 0;
        if (head > 0) {
            addUnit(allocated, 0, head, unitSums, unit++);
        }
        int at = head;
        for (; count - at >= 4L * parametersPerUnit; at += 4 * parametersPerUnit, unit += 4) {
            addFourUnits(allocated, at, parametersPerUnit, unitSums, unit);
        }
        for (; at < count; at += parametersPerUnit, unit++) {
            addUnit(allocated, at, Math.min(parametersPerUnit, count - at), unitSums, unit);
        }
    }

    private static void addUnit(double[] allocated, int from, int length, double[] unitSums, int unit) {
        double sum = unitSums[unit];
        for (int i = from; i < from + length; i++) {
            sum += allocated[i];
        }
        unitSums[unit] = sum;
    }

    private static void addFourUnits(double[] allocated, int from, int length, double[] unitSums, int unit) {
        double sum0 = unitSums[unit];
        double sum1 = unitSums[unit + 1];
        double sum2 = unitSums[unit + 2];
        double sum3 = unitSums[unit + 3];
        for (int i = from; i < from + length; i++) {
            sum0 += allocated[i];
            sum1 += allocated[i + length];
            sum2 += allocated[i + 2 * length];
            sum3 += allocated[i + 3 * length];
        }
        unitSums[unit] = sum0;
        unitSums[unit + 1] = sum1;
        unitSums[unit + 2] = sum2;
        unitSums[unit + 3] = sum3;
    }

    private static void requireDimensions(
            double[] allocated, int count, long offset, int parametersPerUnit, double[] unitSums) {
        Dimensions.requireCount(count);
        Dimensions.requireAtLeast(count, allocated.length, "allocated");
        if (offset < 0) {
            throw new IllegalArgumentException("offset: must not be negative. Found: " + offset);
        }
        if (parametersPerUnit < 1) {
            throw new IllegalArgumentException("parametersPerUnit: must be at least 1. Found: " + parametersPerUnit);
        }
        long reach = count == 0 ? 0 : (offset % parametersPerUnit + count - 1) / parametersPerUnit + 1;
        Dimensions.requireAtLeast((int) reach, unitSums.length, "unitSums");
    }
}
