package io.lossledger.producer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FlatArraysTest {
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "HALF"})
    void copiesEveryElementOfAVectorWhereverItIs(DataType type) {
        INDArray whole = Nd4j.rand(DataType.DOUBLE, 1, 100).castTo(type);
        INDArray square = whole.reshape(10, 10);
        List<INDArray> vectors = List.of(
                whole,
                whole.get(NDArrayIndex.point(0), NDArrayIndex.interval(10, 20)),
                whole.get(NDArrayIndex.point(0), NDArrayIndex.interval(10, 50)).get(NDArrayIndex.interval(5, 9)),
                square.getRow(3),
                square.getColumn(3));
        for (INDArray vector : vectors) {
            FlatVector copy = FlatArrays.copy(vector);
            assertThat(copy.toDoubles())
                    .isEqualTo(vector.castTo(DataType.DOUBLE).toDoubleVector());
            assertThat(copy.elementType())
                    .isEqualTo(
                            type == DataType.DOUBLE
                                    ? ElementType.ELEMENT_TYPE_FLOAT64
                                    : ElementType.ELEMENT_TYPE_FLOAT32);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void keepsTheSignOfZero(DataType type) {
        INDArray zeros = Nd4j.zeros(type, 1, 2);
        zeros.putScalar(1, -0.0);

        assertThat(FlatArrays.copy(zeros).toDoubles()).containsExactly(0.0, -0.0);
    }
}
