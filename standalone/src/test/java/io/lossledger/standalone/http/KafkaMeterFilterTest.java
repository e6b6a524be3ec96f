package io.lossledger.standalone.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilterReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaMeterFilterTest {
    private static final String LAG = "kafka.consumer.fetch.manager.records.lag";

    private final KafkaMeterFilter filter = new KafkaMeterFilter("team.a.");

    @ParameterizedTest
    @EnumSource
    void tellsOfEachTopicOnce(LedgerTopic topic) {
        String name = topic.named("team.a.");

        assertThat(accept(LAG, Tags.of("topic", name))).isEqualTo(MeterFilterReply.NEUTRAL);
        assertThat(accept(LAG, Tags.of("topic", name.replace('.', '_')))).isEqualTo(MeterFilterReply.DENY);
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.stream.state.put.rate, DENY",
        "kafka.stream.record.cache.hit.ratio.avg, DENY",
        "kafka.stream.state, NEUTRAL",
        "kafka.stream.client.state, NEUTRAL",
        "kafka.stream.task.dropped.records.total, NEUTRAL",
        "lossledger.loss, NEUTRAL",
    })
    void keepsTheStateStoresOut(String name, MeterFilterReply reply) {
        assertThat(accept(name, Tags.empty())).isEqualTo(reply);
    }

    @Test
    void leavesOtherTopicsAlone() {
        assertThat(accept(LAG, Tags.of("topic", "lossledger-processor-chunks-by-run-repartition")))
                .isEqualTo(MeterFilterReply.NEUTRAL);
        assertThat(accept(LAG, Tags.of("topic", "lossledger_update"))).isEqualTo(MeterFilterReply.NEUTRAL);
    }

    @Test
    void takesANameWithoutDotsForTheTopicThatItIs() {
        assertThat(new KafkaMeterFilter("team_a_").accept(id(LAG, Tags.of("topic", "team_a_update"))))
                .isEqualTo(MeterFilterReply.NEUTRAL);
    }

    private MeterFilterReply accept(String name, Tags tags) {
        return filter.accept(id(name, tags));
    }

    private static Meter.Id id(String name, Tags tags) {
        return new Meter.Id(name, tags, null, null, Meter.Type.GAUGE);
    }
}
