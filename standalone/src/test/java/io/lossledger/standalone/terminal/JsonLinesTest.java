package io.lossledger.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.StepRow;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JsonLinesTest {
    @ParameterizedTest
    @EnumSource
    void saysWhatIsNotFiniteAsText(RowFormat format) {
        StepRow row = StepRow.newBuilder()
                .setLossStart(Double.NEGATIVE_INFINITY)
                .setLossEnd(Double.POSITIVE_INFINITY)
                .setResidual(Double.NaN)
                .build();

        String line = new JsonLines(LedgerTopic.STEP)
                .line(new ConsumerRecord<>("lossledger.step", 0, 0, "run", format.serialize(row)));

        assertThat(line)
                .contains("\"loss_start\":\"-Infinity\"", "\"loss_end\":\"Infinity\"", "\"residual\":\"NaN\"")
                .doesNotContain("\n");
    }
}
