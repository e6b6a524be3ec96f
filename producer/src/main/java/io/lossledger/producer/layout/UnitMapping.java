package io.lossledger.producer.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds the units in the parameter arrays of a layer. A unit is an output neuron, channel or cell: its incoming weights
 * and its bias. Weights of dense and recurrent layers [in, out] are in column order and convolution weights [out, in,
 * …] in row order, so a unit's weights are contiguous in both. The gates of an LSTM share an array, [in, 4·cells]; each
 * becomes a part, so that a cell is the sum over them. Arrays in any other layout are unmapped. Stateless.
 */
final class UnitMapping {
    /**
     * DL4J's order. Its i is the candidate, with the cell's activation function; its g is usually called the input
     * gate.
     */
    private static final List<String> GATES = List.of("i", "f", "o", "g");

    /** Columns of the recurrent weights [cells, 4·cells + 3] in a GravesLSTM. */
    private static final List<String> PEEPHOLES = List.of("peephole.f", "peephole.o", "peephole.g");

    /**
     * Excludes one-dimensional convolution: DL4J declares its weights [out, in, width, 1] and reads them as [width, in,
     * out].
     */
    private static final Set<Class<?>> ROWS = Set.of(ConvolutionLayer.class, Convolution2D.class, Convolution3D.class);

    private UnitMapping() {}

    /**
     * The parts of an array, in memory order. Together they cover it.
     *
     * @param key DL4J's key of the array
     */
    @SuppressWarnings("deprecation") // DL4J advises against Graves LSTMs, and still trains them
    static List<TensorPart> parts(Layer layer, String key, INDArray array) {
        if (layer instanceof Bidirectional both && LayerKind.innermost(layer) instanceof FeedForwardLayer cells) {
            int first = key.charAt(0) == 'f' ? 0 : Math.toIntExact(cells.getNOut());
            return after(first, parts(both.getFwd(), key.substring(1), array));
        }
        if (layer instanceof GravesBidirectionalLSTM both) {
            int last = key.length() - 1;
            int first = key.charAt(last) == 'F' ? 0 : Math.toIntExact(both.getNOut());
            return after(first, gates(both, key.substring(0, last), array));
        }
        if (layer instanceof LSTM || layer instanceof GravesLSTM) {
            return gates((FeedForwardLayer) layer, key, array);
        }
        Layer inner = LayerKind.inner(layer);
        return inner == null ? List.of(whole(layer, key, array)) : parts(inner, key, array);
    }

    private static List<TensorPart> after(int units, List<TensorPart> parts) {
        return parts.stream().map(part -> part.after(units)).toList();
    }

    private static List<TensorPart> gates(FeedForwardLayer layer, String key, INDArray array) {
        int cells = Math.toIntExact(layer.getNOut());
        int rows = key.equals("b") ? 1 : Math.toIntExact(array.size(0));
        if (!key.equals("b") && !inColumnOrder(array)) {
            return List.of(new TensorPart("", key, 0, shape(array), 0, 0));
        }
        List<TensorPart> parts = new ArrayList<>();
        int from = 0;
        for (String gate : GATES) {
            parts.add(column("." + gate, key, from, rows, cells));
            from += rows * cells;
        }
        for (String peephole : from < array.length() ? PEEPHOLES : List.<String>of()) {
            parts.add(column("." + peephole, key, from, 1, cells));
            from += cells;
        }
        return parts;
    }

    /** Columns of {@code rows} parameters, one per unit. */
    private static TensorPart column(String suffix, String key, int from, int rows, int units) {
        return new TensorPart(suffix, key, from, rows == 1 ? List.of(units) : List.of(rows, units), rows, 0);
    }

    private static TensorPart whole(Layer layer, String key, INDArray array) {
        return new TensorPart("", key, 0, shape(array), parametersPerUnit(layer, key, array), 0);
    }

    private static int parametersPerUnit(Layer layer, String key, INDArray array) {
        boolean dense = layer instanceof DenseLayer
                || layer instanceof BaseOutputLayer
                || layer instanceof EmbeddingLayer
                || layer instanceof EmbeddingSequenceLayer
                || layer instanceof SimpleRnn;
        boolean convolution = layer instanceof ConvolutionLayer;
        return switch (key) {
            case "b" -> dense || convolution || layer instanceof ElementWiseMultiplicationLayer ? 1 : 0;
            case "g" -> layer instanceof DenseLayer ? 1 : 0; // a recurrent layer has two gains per unit
            case "gamma", "beta" -> layer instanceof BatchNormalization ? 1 : 0;
            case "RW" -> layer instanceof SimpleRnn ? columnLength(array) : 0;
            case "pW" -> layer instanceof SeparableConvolution2D ? rowLength(array) : 0;
            case "W" -> {
                if (layer instanceof ElementWiseMultiplicationLayer) {
                    yield 1;
                }
                if (layer instanceof PReLULayer) {
                    yield array.size(0) == array.length() ? 1 : 0; // otherwise a channel's slopes are not contiguous
                }
                if (dense) {
                    yield columnLength(array);
                }
                yield ROWS.contains(layer.getClass()) ? rowLength(array) : 0;
            }
            default -> 0;
        };
    }

    private static int columnLength(INDArray array) {
        return inColumnOrder(array) ? Math.toIntExact(array.size(0)) : 0;
    }

    private static int rowLength(INDArray array) {
        long stride = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            if (array.size(axis) > 1 && array.stride(axis) != stride) {
                return 0;
            }
            stride *= array.size(axis);
        }
        return Math.toIntExact(array.length() / array.size(0));
    }

    private static boolean inColumnOrder(INDArray array) {
        return array.rank() == 2
                && (array.size(0) == 1 || array.stride(0) == 1)
                && (array.size(1) == 1 || array.stride(1) == array.size(0));
    }

    private static List<Integer> shape(INDArray array) {
        return Arrays.stream(array.shape()).mapToObj(Math::toIntExact).toList();
    }
}
