package io.lossledger.producer.dl4j.conformance;

import java.util.Map;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;

/** Classes of DL4J's jars that a network is not configured with, and why. */
final class Unbuildable {
    static final Map<Class<?>, String> REASONS =
            Map.of(OCNNOutputLayer.OCNNLossFunction.class, "internal to OCNNOutputLayer");

    private Unbuildable() {}
}
