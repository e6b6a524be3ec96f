package io.lossledger.producer.dl4j;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;

/** Names what a layer is, such as {@code LastTimeStep(LSTM)}. Stateless. */
final class LayerKind {
    private LayerKind() {}

    static String of(Object layerOrVertex) {
        String kind = layerOrVertex.getClass().getSimpleName();
        Layer inner = layerOrVertex instanceof Layer layer ? inner(layer) : null;
        return inner == null ? kind : kind + "(" + of(inner) + ")";
    }

    /** What a layer wraps; null when it is no wrapper. */
    static @Nullable Layer inner(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return frozen.getLayer();
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            return wrapper.getUnderlying();
        }
        return layer instanceof Bidirectional both ? both.getFwd() : null;
    }

    static Layer innermost(Layer layer) {
        Layer inner = inner(layer);
        return inner == null ? layer : innermost(inner);
    }
}
