package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RunIdTest {
    @ParameterizedTest
    @MethodSource("valid")
    void takesLettersDigitsDotsUnderscoresAndHyphens(String run) {
        assertThat(RunId.isValid(run)).isTrue();
        assertThat(RunId.require(run)).isSameAs(run);
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesAnythingElse(String run) {
        assertThat(RunId.isValid(run)).isFalse();
        assertThatThrownBy(() -> RunId.require(run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + run);
    }

    @Test
    void itsRecordsAreWhereKafkasProducersPutThem() {
        for (int partitions = 1; partitions < 20; partitions++) {
            for (String run : new String[] {"a", "digits-1", "mnist-fc-20261125-065326", "._-"}) {
                assertThat(RunId.partitionOf(run, partitions))
                        .isEqualTo(
                                BuiltInPartitioner.partitionForKey(run.getBytes(StandardCharsets.UTF_8), partitions));
            }
        }
    }

    private static Stream<String> valid() {
        return Stream.of("a", "Z", "0", "Run_1.a-b", "a".repeat(64));
    }

    private static Stream<String> invalid() {
        return Stream.of("", " ", "a b", "a|0|0", "a/b", "a\n", "ä", "١", "a".repeat(65));
    }
}
