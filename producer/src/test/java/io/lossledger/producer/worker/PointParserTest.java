package io.lossledger.producer.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.Point;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PointParserTest {
    @Test
    void acceptsPointsAndEndsAtBothEndsOfTheirBlock() {
        for (Point point : new Point[] {
            Points.chunk(0, 2, 0, 0), Points.chunk(0, 6, 0, 1), Points.chunk(1, 6, 3, 0), Points.end(1, 10)
        }) {
            assertThat(PointParser.parse(Points.key(point), point.toByteArray()))
                    .isEqualTo(point);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refusesWhatBreaksTheContract(Consumer<Point.Builder> fault, String message) {
        Point.Builder point = Points.chunk(1, 7, 0, 0).toBuilder();
        fault.accept(point);
        assertThatThrownBy(() -> PointParser.parse(
                        Points.key(point.build()), point.build().toByteArray()))
                .isInstanceOf(InvalidPointException.class)
                .hasMessageStartingWith(message);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(point -> point.setRun("a b"), "point.run: must be 1 to 64 letters"),
                fault(Point.Builder::clearSession, "point.session: must be that of the run. Found: 0"),
                fault(Point.Builder::clearStepsInBlock, "point.steps_in_block: must be from 1 to"),
                fault(point -> point.setStep(-1), "point.step: must be from 0 to"),
                fault(point -> point.setFirstStep(8), "point.first_step: must be from 0 to 7. Found: 8"),
                fault(point -> point.setStep(5), "point.step: must be from 6 to 10. Found: 5"),
                fault(point -> point.setStep(11), "point.step: must be from 6 to 10. Found: 11"),
                fault(point -> point.setBlock(-1), "point.step: must be from"),
                fault(Point.Builder::clearBody, "point.body: must be chunk or end. Found: none"),
                fault(point -> point.getFactsBuilder().setWarning("w".repeat(1_001)), "length of point.facts.warning"),
                fault(
                        point -> point.getFactsBuilder().getTimeBuilder().setNanos(-1),
                        "point.facts.time: must be in the years 1 to 9999"),
                fault(point -> point.getChunkBuilder().setChunks(0), "point.chunk.chunks: must be from 1"),
                fault(point -> point.getChunkBuilder().setChunk(2), "point.chunk.chunk: must be from 0 to 1. Found: 2"),
                fault(point -> point.getChunkBuilder().setLength(1L << 40), "point.chunk.length: must be from 1"),
                fault(
                        point -> point.getChunkBuilder().setOffset(3),
                        "point.chunk.offset: must be from 0 to 2. Found: 3"),
                fault(point -> point.getChunkBuilder().setCount(4), "point.chunk.count: must be from 1 to 3. Found: 4"),
                fault(
                        point -> point.getChunkBuilder().setElementType(ElementType.ELEMENT_TYPE_UNSPECIFIED),
                        "point.chunk.element_type: must be ELEMENT_TYPE_FLOAT32 or"),
                fault(
                        point -> point.getChunkBuilder().setValues(ByteString.copyFromUtf8("1234567")),
                        "point.chunk.values: must have 8 bytes for 2 parameters. Found: 7"));
    }

    private static Arguments fault(Consumer<Point.Builder> fault, String message) {
        return Arguments.of(fault, message);
    }

    @Test
    void refusesWhatIsNoPointAtAll() {
        assertThatThrownBy(() -> PointParser.parse(null, null)).hasMessage("point: must have a value. Found: null");
        assertThatThrownBy(() -> PointParser.parse(null, new byte[] {-1, 2, 3}))
                .hasMessageStartingWith("point: must be a lossledger.v1.Point message. Found: 3 bytes");
        Point point = Points.end(1, 10);
        byte[] cut = point.toByteArray();
        assertThatThrownBy(() -> PointParser.parse(Points.key(point), Arrays.copyOf(cut, cut.length - 1)))
                .hasMessageStartingWith("point: must be a lossledger.v1.Point message. Found: ");
        assertThatThrownBy(() -> PointParser.parse("recorded|2".getBytes(StandardCharsets.UTF_8), cut))
                .hasMessage("record key: must be recorded|1. Found: recorded|2");
    }
}
