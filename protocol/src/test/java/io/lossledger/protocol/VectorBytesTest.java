package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VectorBytesTest {
    @Test
    void writesTheLowestByteFirst() {
        assertThat(hex(VectorBytes.encode(new float[] {1.0f, -0.0f, 1.4e-45f}, 0, 3)))
                .isEqualTo("0000803f" + "00000080" + "01000000");
        assertThat(hex(VectorBytes.encode(new double[] {1.0, -0.0, 4.9e-324}, 0, 3)))
                .isEqualTo("000000000000f03f" + "0000000000000080" + "0100000000000000");
    }

    @Test
    void readsTheLowestByteFirst() {
        float[] floats = new float[2];
        VectorBytes.decode(bytes("0000803f000020c1"), floats, 2);
        assertThat(floats).containsExactly(1.0f, -10.0f);
        double[] doubles = new double[1];
        VectorBytes.decode(bytes("000000000000f0bf"), doubles, 1);
        assertThat(doubles).containsExactly(-1.0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 64, 1000})
    void agreesWithAByteBufferAndComesBackBitForBit(int count) {
        Random random = new Random(count);
        float[] floats = new float[count];
        double[] doubles = new double[count];
        ByteBuffer floatBytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer doubleBytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
            doubles[i] = random.nextGaussian();
            floatBytes.putFloat(floats[i]);
            doubleBytes.putDouble(doubles[i]);
        }
        ByteString encodedFloats = VectorBytes.encode(floats, 0, count);
        ByteString encodedDoubles = VectorBytes.encode(doubles, 0, count);
        assertThat(encodedFloats.toByteArray()).isEqualTo(floatBytes.array());
        assertThat(encodedDoubles.toByteArray()).isEqualTo(doubleBytes.array());
        float[] readFloats = new float[count];
        double[] readDoubles = new double[count];
        VectorBytes.decode(encodedFloats, readFloats, count);
        VectorBytes.decode(encodedDoubles, readDoubles, count);
        assertThat(readFloats).isEqualTo(floats);
        assertThat(readDoubles).isEqualTo(doubles);
    }

    @Test
    void writesOnlyTheRequestedElements() {
        assertThat(VectorBytes.encode(new float[] {1, 2, 3, 4}, 1, 2))
                .isEqualTo(VectorBytes.encode(new float[] {2, 3}, 0, 2));
        assertThat(VectorBytes.encode(new double[] {1, 2, 3, 4}, 3, 1))
                .isEqualTo(VectorBytes.encode(new double[] {4}, 0, 1));
    }

    @Test
    void doesNotChangeWithTheVectorAfterwards() {
        float[] vector = {1, 2};
        ByteString encoded = VectorBytes.encode(vector, 0, 2);
        vector[0] = 9;
        assertThat(hex(encoded)).isEqualTo("0000803f00000040");
    }

    @Test
    void readsOnlyTheRequestedElementsAndKeepsTheRestOfTheTarget() {
        float[] floats = {7, 7, 7};
        VectorBytes.decode(VectorBytes.encode(new float[] {1, 2, 3}, 0, 3), floats, 2);
        assertThat(floats).containsExactly(1, 2, 7);
        double[] doubles = {7, 7, 7};
        VectorBytes.decode(VectorBytes.encode(new double[] {1, 2, 3}, 0, 3), doubles, 2);
        assertThat(doubles).containsExactly(1, 2, 7);
    }

    @Test
    void readsBytesInPiecesOrInsideOthers() {
        ByteString whole = VectorBytes.encode(new double[] {1, 2, 3}, 0, 3);
        double[] target = new double[2];
        VectorBytes.decode(whole.substring(8), target, 2);
        assertThat(target).containsExactly(2, 3);
        ByteString pieces =
                whole.substring(0, 5).concat(ByteString.copyFrom(new byte[300])).substring(0, 5);
        VectorBytes.decode(pieces.concat(whole.substring(5)), target, 2);
        assertThat(target).containsExactly(1, 2);
    }

    @Test
    void refusesToReadMoreThanExists() {
        assertThatThrownBy(() -> VectorBytes.decode(bytes("0000803f0000"), new float[2], 2))
                .isInstanceOf(BufferUnderflowException.class);
        assertThatThrownBy(() -> VectorBytes.decode(ByteString.EMPTY, new double[1], 1))
                .isInstanceOf(BufferUnderflowException.class);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }
}
