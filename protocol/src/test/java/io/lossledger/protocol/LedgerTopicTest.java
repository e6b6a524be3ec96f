package io.lossledger.protocol;

import static io.lossledger.protocol.LedgerTopic.Retention.COMPACTED;
import static io.lossledger.protocol.LedgerTopic.Retention.FOREVER;
import static io.lossledger.protocol.LedgerTopic.Retention.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.lossledger.protocol.v1.LayerManifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LedgerTopicTest {
    @ParameterizedTest
    @CsvSource({
        "UPDATE, lossledger.update, run|tensor|chunk, Update",
        "TRAJECTORY, lossledger.trajectory, run|block, Point",
        "RUN, lossledger.run, run, RunManifest",
        "LAYER, lossledger.layer, run, LayerRow",
        "UNIT, lossledger.unit, run, UnitRow",
        "STEP, lossledger.step, run, StepRow",
        "WINDOW, lossledger.window, run, WindowRow",
        "MOMENT, lossledger.moment, run, MomentRow",
        "ALERT, lossledger.alert, run, AlertRow",
        "BUCKET, lossledger.bucket, run, BucketRow",
        "PARAMETER, lossledger.parameter, run|tensor|chunk, ParameterRow",
        "REJECTED, lossledger.rejected, as received, ''"
    })
    void bindsNameKeyAndValue(LedgerTopic topic, String name, String key, String value) {
        assertThat(topic.named(TopicSettings.DEFAULT_PREFIX)).isEqualTo(name);
        assertThat(topic.key()).isEqualTo(key);
        assertThat(topic.value()
                        .map(message -> message.getDescriptorForType().getName())
                        .orElse(""))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REJECTED")
    void isFoundByItsMessage(LedgerTopic topic) {
        assertThat(LedgerTopic.of(topic.value().orElseThrow().getClass())).isEqualTo(topic);
    }

    @Test
    void isNotFoundByAnyOtherMessage() {
        assertThatThrownBy(() -> LedgerTopic.of(LayerManifest.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("type: must be the message of a topic. Found: io.lossledger.protocol.v1.LayerManifest");
    }

    @Test
    void keepsTheOrderOfAChunkOrBlockInFourTopicsAndThatOfARunInAllOthers() {
        assertThat(LedgerTopic.values())
                .filteredOn(topic -> !topic.isKeyedByRun())
                .containsExactly(
                        LedgerTopic.UPDATE, LedgerTopic.TRAJECTORY, LedgerTopic.PARAMETER, LedgerTopic.REJECTED);
    }

    @Test
    void keepsResultsForeverRawRecordsAsConfiguredAndTheNewestManifest() {
        assertThat(LedgerTopic.values())
                .extracting(LedgerTopic::retention)
                .containsExactly(
                        RAW, RAW, COMPACTED, FOREVER, RAW, FOREVER, FOREVER, FOREVER, FOREVER, FOREVER, RAW, RAW);
    }

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void writesManifestsAsJsonAndUpdatesBucketsAndParametersAsProtobufAlways(RowFormat rows) {
        assertThat(LedgerTopic.RUN.format(rows)).isEqualTo(RowFormat.JSON);
        assertThat(LedgerTopic.UPDATE.format(rows)).isEqualTo(RowFormat.PROTOBUF);
        assertThat(LedgerTopic.TRAJECTORY.format(rows)).isEqualTo(RowFormat.PROTOBUF);
        assertThat(LedgerTopic.BUCKET.format(rows)).isEqualTo(RowFormat.PROTOBUF);
        assertThat(LedgerTopic.PARAMETER.format(rows)).isEqualTo(RowFormat.PROTOBUF);
        assertThat(LedgerTopic.LAYER.format(rows)).isEqualTo(rows);
    }

    @ParameterizedTest
    @EnumSource
    void standsUnderAnyPrefix(LedgerTopic topic) {
        assertThat(topic.named("")).matches("[a-z]+");
        assertThat(topic.named("team-a.")).isEqualTo("team-a." + topic.named(""));
    }

    @ParameterizedTest
    @EnumSource
    void offersAnEmptyMessageOfItsType(LedgerTopic topic) {
        assertThat(topic.value().map(Message::getSerializedSize).orElse(0)).isZero();
    }
}
