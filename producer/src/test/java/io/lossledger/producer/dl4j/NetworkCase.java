package io.lossledger.producer.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A network and data for it. */
record NetworkCase(String name, Model network, MultiDataSet data) {
    @Override
    public String toString() {
        return name;
    }
}
