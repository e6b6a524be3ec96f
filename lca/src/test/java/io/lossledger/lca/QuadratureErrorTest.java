package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Integrands of one variable: how far each rule is off, where that is known. */
final class QuadratureErrorTest {
    private static final Offset<Double> ROUNDING = within(1e-14);

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 8, 16, 32})
    void aLossOfDegreeSixIsOffByTheKnownAmount(int splits) {
        Random random = new Random(splits);
        for (int trial = 0; trial < 50; trial++) {
            double[] p = random.doubles(7, -1, 1).toArray();
            double exact = p[1] + p[2] + p[3] + p[4] + p[5] + p[6];
            double panels = Math.pow(splits / 2.0, 4);
            assertThat(integrate(Quadrature.simpson(splits), s -> slope(p, s)) - exact)
                    .isCloseTo((p[5] / 24 + p[6] / 8) / panels, ROUNDING);
        }
    }

    @Test
    void simpsonIsExactUpToDegreeFourAndTheLowOrdersUpToTwo() {
        double[] quartic = {0, 1, -2, 3, -4, 0, 0};
        double[] quadratic = {0, 1, -2, 0, 0, 0, 0};
        assertThat(integrate(Quadrature.simpson(2), s -> slope(quartic, s))).isCloseTo(-2.0, ROUNDING);
        assertThat(integrate(Quadrature.midpoint(), s -> slope(quadratic, s))).isCloseTo(-1.0, ROUNDING);
        assertThat(integrate(Quadrature.trapezoid(), s -> slope(quadratic, s))).isCloseTo(-1.0, ROUNDING);
        assertThat(integrate(Quadrature.firstOrder(), s -> slope(quadratic, s))).isEqualTo(1.0);
    }

    @Test
    void theMidpointIsOffByHalfAsMuchAsTheTrapezoidOnACubicLoss() {
        double[] cubic = {0, 0, 0, 1, 0, 0, 0};
        assertThat(integrate(Quadrature.midpoint(), s -> slope(cubic, s)) - 1).isCloseTo(-0.25, ROUNDING);
        assertThat(integrate(Quadrature.trapezoid(), s -> slope(cubic, s)) - 1).isCloseTo(0.5, ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"2, 5.0e-3, 1e-12", "4, -3.33e-3, 5e-6", "8, 8.33e-4, 5e-7", "16, -2.08e-4, 5e-7", "32, 5.2e-5, 1e-7"})
    void aReluKinkIsOffByTheKnownAmount(int splits, double error, double rounding) {
        double exact = 0.7 * 0.7 / 2;
        assertThat(integrate(Quadrature.simpson(splits), s -> Math.max(0, s - 0.3)) - exact)
                .isCloseTo(error, within(rounding));
    }

    @Test
    void doublingTheSplitsGainsAboutSixteenOnASmoothIntegrand() {
        double exact = Math.log(Math.cosh(1.2)) / 2 - Math.log(Math.cosh(-0.8)) / 2;
        double coarse = integrate(Quadrature.simpson(16), s -> Math.tanh(2 * s - 0.8)) - exact;
        double fine = integrate(Quadrature.simpson(32), s -> Math.tanh(2 * s - 0.8)) - exact;
        assertThat(coarse / fine).isBetween(15.0, 17.0);
    }

    private static double integrate(Quadrature rule, DoubleUnaryOperator integrand) {
        Segment unit = new Segment(new double[] {0.0}, new double[] {1.0});
        return unit.allocate(point -> new double[] {integrand.applyAsDouble(point[0])}, rule)[0];
    }

    private static double slope(double[] p, double s) {
        double slope = 0.0;
        for (int k = 6; k >= 1; k--) {
            slope = slope * s + k * p[k];
        }
        return slope;
    }
}
