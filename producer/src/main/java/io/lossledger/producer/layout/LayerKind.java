package io.lossledger.producer.layout;

import java.util.List;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;

/** Names the kind of a layer, such as {@code LastTimeStep(LSTM)}. Stateless. */
public final class LayerKind {
    private LayerKind() {}

    public static String of(Object layerOrVertex) {
        String kind = layerOrVertex.getClass().getSimpleName();
        Layer inner = layerOrVertex instanceof Layer layer ? inner(layer) : null;
        return inner == null ? kind : kind + "(" + of(inner) + ")";
    }

    /** The layer that a layer wraps; null when it is not a wrapper. */
    public static @Nullable Layer inner(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return frozen.getLayer();
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            return wrapper.getUnderlying();
        }
        return layer instanceof Bidirectional both ? both.getFwd() : null;
    }

    public static Layer innermost(Layer layer) {
        Layer inner = inner(layer);
        return inner == null ? layer : innermost(inner);
    }

    /**
     * Whether training leaves the parameters of the layer, or of one inside it, unchanged. DL4J's
     * FrozenLayerWithBackprop does not: it suppresses the gradient, but L2 and weight decay still change the
     * parameters.
     */
    static boolean isFrozen(Layer layer) {
        Layer inner = inner(layer);
        return layer instanceof FrozenLayer
                || (layer instanceof FrozenLayerWithBackprop && inner instanceof BatchNormalization)
                || (inner != null && isFrozen(inner));
    }

    /** Whether DL4J constrains the parameters of the layer, or of one inside it, after an update. */
    public static boolean isConstrained(Layer layer) {
        Layer inner = inner(layer);
        List<LayerConstraint> constraints = layer.getConstraints();
        return (constraints != null && !constraints.isEmpty()) || (inner != null && isConstrained(inner));
    }
}
