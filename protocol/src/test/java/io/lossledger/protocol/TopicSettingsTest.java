package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicSettingsTest {
    private static final TopicSettings DEFAULT = TopicSettings.DEFAULT;

    @Test
    void hasUsefulDefaults() {
        assertThat(DEFAULT).isEqualTo(new TopicSettings("lossledger.", 6, -1, Duration.ofDays(7), -1L, 1_048_588));
    }

    @Test
    void changesOneSettingAtATime() {
        Duration week = Duration.ofDays(7);
        assertThat(DEFAULT.withPartitions(12))
                .isEqualTo(new TopicSettings("lossledger.", 12, -1, week, -1L, 1_048_588));
        assertThat(DEFAULT.withReplicationFactor(3))
                .isEqualTo(new TopicSettings("lossledger.", 6, 3, week, -1L, 1_048_588));
        assertThat(DEFAULT.withRawRetentionBytes(5_000_000_000L))
                .isEqualTo(new TopicSettings("lossledger.", 6, -1, week, 5_000_000_000L, 1_048_588));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "lossledger.", "Team_1-a."})
    void takesPrefixesThatKafkaTakes(String prefix) {
        assertThat(new TopicSettings(prefix, 1, 1, Duration.ofMillis(1), -1, 1024).prefix())
                .isEqualTo(prefix);
    }

    @Test
    void acceptsTheLongestPrefix() {
        assertThat(withPrefix("a".repeat(100)).prefix()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "ä.", "a\n"})
    void refusesAPrefixThatKafkaDoesNotTake(String prefix) {
        assertRefused(
                () -> withPrefix(prefix),
                "topic.prefix: must be at most 100 letters, digits, '.', '_' or '-'. Found: " + prefix);
    }

    @Test
    void refusesAPrefixThatIsTooLong() {
        String prefix = "a".repeat(101);
        assertRefused(
                () -> withPrefix(prefix),
                "topic.prefix: must be at most 100 letters, digits, '.', '_' or '-'. Found: " + prefix);
    }

    @Test
    void refusesATopicWithoutPartitions() {
        assertRefused(() -> DEFAULT.withPartitions(0), "topic.partitions: must be at least 1. Found: 0");
    }

    @Test
    void refusesAPartitionWithoutCopies() {
        assertRefused(
                () -> DEFAULT.withReplicationFactor(0),
                "topic.replication-factor: must be from 1 to 32767, or -1 for the brokers' default. Found: 0");
    }

    @Test
    void refusesMoreCopiesThanKafkaCanCount() {
        assertThat(DEFAULT.withReplicationFactor(32_767).replicationFactor()).isEqualTo(32_767);
        assertRefused(
                () -> DEFAULT.withReplicationFactor(32_768),
                "topic.replication-factor: must be from 1 to 32767, or -1 for the brokers' default. Found: 32768");
    }

    @Test
    void refusesToKeepNothing() {
        assertRefused(
                () -> new TopicSettings("", 1, 1, Duration.ofNanos(999_999), -1, 1024),
                "topic.raw-retention (ms): must be at least 1. Found: 0");
    }

    @Test
    void refusesANegativeByteLimitOtherThanNone() {
        assertRefused(
                () -> DEFAULT.withRawRetentionBytes(-2), "topic.raw-retention-bytes: must be at least -1. Found: -2");
    }

    @Test
    void refusesRecordsOfLessThanAKibibyte() {
        assertRefused(
                () -> new TopicSettings("", 1, 1, Duration.ofDays(1), -1, 1023),
                "topic.max-message-bytes: must be at least 1024. Found: 1023");
    }

    @Test
    void keepsTheSizesOfRecordsAndSegmentsWhenAnotherSettingChanges() {
        TopicSettings sized = new TopicSettings("", 1, 1, Duration.ofDays(1), -1, 1024, 8 << 20, 50 << 20);
        assertThat(sized.withPartitions(2).maxResultBytes()).isEqualTo(8 << 20);
        assertThat(sized.withReplicationFactor(2).segmentBytes()).isEqualTo(50 << 20);
        assertThat(sized.withRawRetentionBytes(1).maxResultBytes()).isEqualTo(8 << 20);
    }

    @Test
    void refusesResultsOfLessThanAMebibyteAndSegmentsOfNothing() {
        assertRefused(
                () -> new TopicSettings("", 1, 1, Duration.ofDays(1), -1, 1024, 1000, -1),
                "topic.max-result-bytes: must be at least 1048576. Found: 1000");
        assertRefused(
                () -> new TopicSettings("", 1, 1, Duration.ofDays(1), -1, 1024, 8 << 20, 0),
                "topic.segment-bytes: must be at least 1. Found: 0");
    }

    private static TopicSettings withPrefix(String prefix) {
        return new TopicSettings(prefix, 1, 1, Duration.ofDays(1), -1, 1024);
    }

    private static void assertRefused(Runnable making, String message) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
