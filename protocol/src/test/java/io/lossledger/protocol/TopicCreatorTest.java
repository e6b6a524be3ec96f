package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TopicCreatorTest {
    private static final TopicSettings SETTINGS =
            new TopicSettings("team-a.", 12, 3, Duration.ofHours(2), 8L << 30, 2_000_000);

    @ParameterizedTest
    @EnumSource
    void makesEveryTopicWithTheNamePartitionsAndCopiesOfTheSettings(LedgerTopic topic) {
        NewTopic made = TopicCreator.newTopic(topic, SETTINGS);
        assertThat(made.name()).isEqualTo(topic.named("team-a."));
        assertThat(made.numPartitions()).isEqualTo(12);
        assertThat(made.replicationFactor()).isEqualTo((short) 3);
    }

    @ParameterizedTest
    @EnumSource(
            value = LedgerTopic.class,
            names = {"UPDATE", "TRAJECTORY", "UNIT", "PARAMETER", "REJECTED"})
    void keepsBulkyTopicsAsLongAndAsMuchAsTold(LedgerTopic topic) {
        assertThat(configs(topic, SETTINGS))
                .isEqualTo(Map.of(
                        "max.message.bytes", topic.isFromProducers() ? "2000000" : "16777216",
                        "cleanup.policy", "delete",
                        "retention.ms", "7200000",
                        "retention.bytes", "8589934592",
                        "segment.bytes", "268435456"));
    }

    @ParameterizedTest
    @EnumSource(
            value = LedgerTopic.class,
            names = {"LAYER", "STEP", "WINDOW", "MOMENT", "ALERT"})
    void keepsTheLedgerForever(LedgerTopic topic) {
        assertThat(configs(topic, SETTINGS))
                .isEqualTo(Map.of("max.message.bytes", "16777216", "cleanup.policy", "delete", "retention.ms", "-1"));
    }

    @Test
    void compactsManifests() {
        assertThat(configs(LedgerTopic.RUN, SETTINGS))
                .isEqualTo(Map.of("max.message.bytes", "2000000", "cleanup.policy", "compact"));
    }

    /** A dead letter is its record and headers: it must fit whatever the update topic takes. */
    @Test
    void makesRoomForDeadLettersOfTheLargestUpdates() {
        TopicSettings large = new TopicSettings("", 1, 1, Duration.ofDays(1), -1, 64 << 20);
        assertThat(configs(LedgerTopic.REJECTED, TopicSettings.DEFAULT)).containsEntry("max.message.bytes", "16777216");
        assertThat(configs(LedgerTopic.REJECTED, large)).containsEntry("max.message.bytes", "67108864");
    }

    @Test
    void setsNoByteLimitByDefault() {
        assertThat(configs(LedgerTopic.UPDATE, TopicSettings.DEFAULT))
                .isEqualTo(Map.of(
                        "max.message.bytes", "1048588",
                        "cleanup.policy", "delete",
                        "retention.ms", "604800000",
                        "retention.bytes", "-1",
                        "segment.bytes", "268435456"));
    }

    /** Brokers take segments of 1 MiB to 2^31 - 1 bytes that hold the largest record. */
    @ParameterizedTest
    @CsvSource({
        "-1, 1048588, 268435456",
        "1073741824, 1048588, 134217728",
        "1000, 1048588, 2097176",
        "1000, 1024, 1048576",
        "0, 1024, 1048576",
        "-1, 200000000, 400000000",
        "-1, 2147483647, 2147483647",
        "1000, 2147483647, 2147483647"
    })
    void cutsTheByteLimitIntoEighthsThatBrokersTake(long retentionBytes, int maxMessageBytes, String segmentBytes) {
        TopicSettings settings = new TopicSettings("", 1, 1, Duration.ofDays(1), retentionBytes, maxMessageBytes);
        assertThat(configs(LedgerTopic.UPDATE, settings)).containsEntry("segment.bytes", segmentBytes);
    }

    @Test
    void takesTheSizesOfRecordsAndSegmentsThatWereChosen() {
        TopicSettings sized = new TopicSettings("", 1, 1, Duration.ofDays(1), 100 << 20, 1024, 8 << 20, 50 << 20);
        assertThat(configs(LedgerTopic.UNIT, sized))
                .containsEntry("segment.bytes", "52428800")
                .containsEntry("max.message.bytes", "8388608");
        assertThat(configs(LedgerTopic.UPDATE, sized))
                .containsEntry("segment.bytes", "52428800")
                .containsEntry("max.message.bytes", "1024");
    }

    @Test
    void leavesTheNumberOfCopiesToTheBrokersByDefault() {
        assertThat(TopicCreator.newTopic(LedgerTopic.STEP, TopicSettings.DEFAULT)
                        .replicationFactor())
                .isEqualTo((short) -1);
    }

    /** A broker can be asked for a topic made a moment ago before it has heard of it. */
    @Test
    void asksAgainUntilTheBrokerKnowsTheTopic() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Admin admin = answering(partitions -> failed(
                partitions, asked.incrementAndGet() < 3 ? new UnknownTopicOrPartitionException("not yet") : null));

        TopicCreator.awaitLeaders(admin, List.of("new"), 2);

        assertThat(asked).hasValue(3);
    }

    @Test
    void givesUpAtOnceWhenTheBrokerRefuses() {
        Admin admin = answering(partitions -> failed(partitions, new TopicAuthorizationException("not yours")));
        assertThatThrownBy(() -> TopicCreator.awaitLeaders(admin, List.of("new"), 2))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    private static Admin answering(Function<Set<TopicPartition>, ListOffsetsResult> answer) {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("listOffsets");
                    Set<TopicPartition> partitions = new HashSet<>();
                    ((Map<?, ?>) arguments[0]).keySet().forEach(key -> partitions.add((TopicPartition) key));
                    return answer.apply(partitions);
                });
    }

    /** Fails for each partition, or says that all are empty. */
    private static ListOffsetsResult failed(Set<TopicPartition> partitions, @Nullable Exception failure) {
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers = new HashMap<>();
        for (TopicPartition partition : partitions) {
            KafkaFutureImpl<ListOffsetsResultInfo> answer = new KafkaFutureImpl<>();
            if (failure == null) {
                answer.complete(new ListOffsetsResultInfo(0, -1, Optional.empty()));
            } else {
                answer.completeExceptionally(failure);
            }
            answers.put(partition, answer);
        }
        return new ListOffsetsResult(answers);
    }

    private static Map<String, String> configs(LedgerTopic topic, TopicSettings settings) {
        return TopicCreator.newTopic(topic, settings).configs();
    }
}
