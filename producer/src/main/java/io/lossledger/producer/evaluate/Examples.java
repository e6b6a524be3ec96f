package io.lossledger.producer.evaluate;

/** Examples in memory that can be read one by one, in single precision. Used by one thread. */
public interface Examples {
    /** The numbers in the features of an example. */
    int featureCount();

    /** The numbers in the labels of an example. */
    int labelCount();

    /**
     * Copies the features of an example, in the order of its array.
     *
     * @param index the example, from 0
     * @param at where in {@code into} its first number goes
     */
    void readFeatures(int index, float[] into, int at);

    /** Does the same with its labels. */
    void readLabels(int index, float[] into, int at);
}
