package io.lossledger.producer.evaluate;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A network and data for it. */
public record NetworkCase(String name, Model network, MultiDataSet data) {
    @Override
    public String toString() {
        return name;
    }
}
