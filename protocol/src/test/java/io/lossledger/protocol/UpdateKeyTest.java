package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.Update;
import org.junit.jupiter.api.Test;

final class UpdateKeyTest {
    @Test
    void isRunTensorAndChunkInDecimal() {
        assertThat(UpdateKey.of(UpdatesV1.nodes())).isEqualTo("Run_1.a-b|3|5");
        assertThat(UpdateKey.of(Update.newBuilder().setRun("r").build())).isEqualTo("r|0|0");
    }

    @Test
    void isTheSameInEveryStepAndInTheEndMarker() {
        Update later = UpdatesV1.nodes().toBuilder().setStep(42).build();
        assertThat(UpdateKey.of(later)).isEqualTo(UpdateKey.of(UpdatesV1.nodes()));
        assertThat(UpdateKey.of(UpdatesV1.end())).isEqualTo(UpdateKey.of(UpdatesV1.nodes()));
    }

    @Test
    void readsNumbersAsUnsigned() {
        Update largest =
                Update.newBuilder().setRun("r").setTensor(-1).setChunk(-2).build();
        assertThat(UpdateKey.of(largest)).isEqualTo("r|4294967295|4294967294");
    }
}
