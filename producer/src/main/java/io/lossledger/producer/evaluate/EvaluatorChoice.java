package io.lossledger.producer.evaluate;

import java.util.Locale;

/** Which evaluator computes losses and gradients. */
public enum EvaluatorChoice {
    /** BLAS if it supports the network, otherwise DL4J's layers. */
    AUTO,
    /** Matrix products of the BLAS library that ND4J includes; only for networks of common layers. */
    BLAS,
    /** DL4J's own layers; for any network. */
    DL4J;

    /** Its spelling in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
