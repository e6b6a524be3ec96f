package io.lossledger.producer.evaluate;

import io.lossledger.producer.step.FlatVector;
import io.lossledger.protocol.v1.ElementType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Moves flat vectors between Java arrays and ND4J. Stateless. */
public final class FlatArrays {
    private FlatArrays() {}

    static INDArray toArray(FlatVector vector) {
        double[] elements = vector.toDoubles();
        if (vector.elementType() == ElementType.ELEMENT_TYPE_FLOAT64) {
            return Nd4j.createFromArray(elements);
        }
        float[] rounded = new float[elements.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) elements[i];
        }
        return Nd4j.createFromArray(rounded);
    }

    /** The element type of an array: float64, or float32, which holds half precision too. */
    public static ElementType elementType(INDArray vector) {
        return vector.dataType() == DataType.DOUBLE
                ? ElementType.ELEMENT_TYPE_FLOAT64
                : ElementType.ELEMENT_TYPE_FLOAT32;
    }

    /** A copy of a vector in its element type, of the same bits. */
    public static FlatVector copy(INDArray vector) {
        boolean contiguous = vector.elementWiseStride() == 1; // then ten times faster
        if (elementType(vector) == ElementType.ELEMENT_TYPE_FLOAT64) {
            return FlatVector.of(contiguous ? doubles(vector) : vector.toDoubleVector());
        }
        return FlatVector.of(
                contiguous && vector.dataType() == DataType.FLOAT ? floats(vector) : vector.toFloatVector());
    }

    private static float[] floats(INDArray vector) {
        float[] elements = new float[Math.toIntExact(vector.length())];
        vector.data().asNioFloat().get(elements);
        return elements;
    }

    private static double[] doubles(INDArray vector) {
        double[] elements = new double[Math.toIntExact(vector.length())];
        vector.data().asNioDouble().get(elements);
        return elements;
    }

    public static double[] toDoubles(INDArray vector) {
        double[] elements = new double[Math.toIntExact(vector.length())];
        addTo(elements, vector);
        return elements;
    }

    static void addTo(double[] sum, INDArray vector) {
        if (vector.dataType() == DataType.FLOAT) {
            float[] elements = vector.toFloatVector();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += elements[i];
            }
        } else {
            double[] elements = vector.toDoubleVector();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += elements[i];
            }
        }
    }
}
