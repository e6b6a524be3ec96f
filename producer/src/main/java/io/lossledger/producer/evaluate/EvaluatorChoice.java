package io.lossledger.producer.evaluate;

import java.util.Locale;

/** What evaluates losses and gradients. */
public enum EvaluatorChoice {
    /** BLAS where it knows the network, else DL4J's layers. */
    AUTO,
    /** Matrix products of the BLAS library that ND4J brings; for networks of common layers only. */
    BLAS,
    /** DL4J's own layers: any network. */
    DL4J;

    /** As it is spelled in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
