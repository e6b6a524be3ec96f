package io.lossledger.standalone.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.trainer.Trainer;
import org.junit.jupiter.api.Test;

class ParameterCostTest {
    @Test
    void ofARunIsTheProductOfWhatItMeasures() {
        assertThat(ParameterCost.of(new Trainer.Extent(1_000, 1, 84_060), false, "lossledger."))
                .isEqualTo("--parameters: 1,000 steps x 1 objective x 84,060 parameters x 8 bytes = 672 MB in"
                        + " lossledger.parameter");
        assertThat(ParameterCost.of(new Trainer.Extent(20_000, 12, 1_371_658), true, "team."))
                .isEqualTo("--parameters: 20,000 steps x 12 objectives x 1,371,658 parameters x 8 bytes = 2.6 TB in"
                        + " team.parameter, and as much again for each part of the update");
        assertThat(ParameterCost.of(new Trainer.Extent(1, 1, 12), false, "")).contains("= 96 bytes in parameter");
    }

    @Test
    void ofAStepFollowsFromTheParameters() {
        assertThat(ParameterCost.ofAStep("lossledger."))
                .isEqualTo(
                        "--parameters: a step takes 8 bytes in lossledger.parameter for each parameter and objective:"
                                + " 8.0 MB for a million parameters");
    }
}
