package io.lossledger.lca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class HurtTestTest {
    @Test
    void findsConstantHurtAsFastAsItsStakeAllows() {
        HurtTest test = HurtTest.START.plus(0.01);
        for (int block = 0; block < 10; block++) {
            test = test.plus(0.01);
        }

        assertThat(test.evidence()).isCloseTo(Math.pow(1.5, 10), within(1e-9));
        assertThat(test.reaches(57)).isTrue();
        assertThat(test.reaches(58)).isFalse();
    }

    @Test
    void neverFindsSomethingThatHelps() {
        HurtTest test = HurtTest.START;
        for (int block = 0; block < 1_000; block++) {
            test = test.plus(-0.01 * (1 + block % 3));
        }

        assertThat(test.logEvidence()).isZero();
    }

    @Test
    void doesNotDependOnTheUnitOfTheLoss() {
        double[] blocks = new Random(1).doubles(100, -1, 1.5).toArray();
        HurtTest small = HurtTest.START;
        HurtTest large = HurtTest.START;
        for (double block : blocks) {
            small = small.plus(block);
            large = large.plus(block * 1024);
        }

        assertThat(large.logEvidence()).isEqualTo(small.logEvidence());
    }

    @Test
    void skipsValuesThatAreNotFinite() {
        HurtTest before = HurtTest.START.plus(1).plus(1);

        assertThat(before.plus(Double.NaN)).isEqualTo(before);
        assertThat(before.plus(Double.POSITIVE_INFINITY)).isEqualTo(before);
        assertThat(before.plus(Double.MAX_VALUE)).isEqualTo(before);
    }

    /** Symmetric about zero is the worst case of the null hypothesis; heavy tails and changing scale are allowed in it. */
    @Test
    void raisesFalseAlarmsNoMoreOftenThanItsThresholdAllows() {
        assertThat(meanBlocksToAlarm(Random::nextGaussian)).isGreaterThan(50);
        assertThat(meanBlocksToAlarm(random -> Math.tan(Math.PI * (random.nextDouble() - 0.5))))
                .isGreaterThan(50);
        assertThat(meanBlocksToAlarm(random -> random.nextBoolean() ? 1 : -1)).isGreaterThan(50);
    }

    private static double meanBlocksToAlarm(ToDoubleFunction<Random> block) {
        Random random = new Random(5);
        int alarms = 400;
        long blocks = 0;
        for (int alarm = 0; alarm < alarms; alarm++) {
            HurtTest test = HurtTest.START;
            while (!test.reaches(50)) {
                test = test.plus(block.applyAsDouble(random));
                blocks++;
            }
        }
        return (double) blocks / alarms;
    }
}
