package io.lossledger.producer.dl4j.conformance;

import io.lossledger.protocol.v1.ElementType;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A small training that shows what a ledger does with a class of DL4J. */
final class Recipe {
    private static final int STEPS = 3;
    private static final int COUNT = 6;
    private static final int BATCH = 4;

    private final Class<?> of;
    private final String detail;
    private final Function<Variant, Model> network;
    private final Examples examples;
    private Expectation expectation = Expectation.measured();
    private String awaited = "";
    private int steps = STEPS;
    private int count = COUNT;
    private ElementType precision = ElementType.ELEMENT_TYPE_FLOAT64;

    /**
     * @param of the class of DL4J that is shown
     * @param detail what sets this training apart from others with the class; may be empty
     * @param network makes the network, not yet initialised
     */
    Recipe(Class<?> of, String detail, Examples examples, Function<Variant, Model> network) {
        this.of = of;
        this.detail = detail;
        this.network = network;
        this.examples = examples;
    }

    /** Layers one after another; each example has a class. */
    static Recipe layers(Class<?> of, String detail, InputType input, Function<Variant, Layer[]> layers) {
        return layers(of, detail, input, Examples.classified(input), layers);
    }

    static Recipe layers(
            Class<?> of, String detail, InputType input, Examples examples, Function<Variant, Layer[]> layers) {
        return new Recipe(of, detail, examples, variant -> variant.layers(input, layers.apply(variant)));
    }

    Recipe expect(Expectation other) {
        expectation = other;
        return this;
    }

    Recipe steps(int count) {
        steps = count;
        return this;
    }

    /** DL4J cannot evaluate this in float64, because it makes arrays in its default type. */
    Recipe float32() {
        precision = ElementType.ELEMENT_TYPE_FLOAT32;
        return this;
    }

    /** With so many examples in the set whose loss is measured. */
    Recipe examples(int number) {
        count = number;
        return this;
    }

    /**
     * The expectation is not met yet. The tests fail as soon as it is, so that this is taken away.
     *
     * @param what what is to come
     */
    Recipe awaiting(String what) {
        awaited = what;
        return this;
    }

    Class<?> of() {
        return of;
    }

    /** What sets this training apart from others with the class; may be empty. */
    String detail() {
        return detail;
    }

    String name() {
        return detail.isEmpty() ? of.getSimpleName() : of.getSimpleName() + ", " + detail;
    }

    Expectation expectation() {
        return expectation;
    }

    /** What must come before the expectation is met; empty when it is. */
    String awaited() {
        return awaited;
    }

    /** The set whose loss is measured. */
    MultiDataSet objective() {
        return examples.make(count, 1);
    }

    /** What is trained on. */
    MultiDataSet batch(int step) {
        return examples.make(BATCH, 100 + 10 * step);
    }

    /** What the ledger is to evaluate in where it is compared. */
    ElementType precision() {
        return precision;
    }

    int steps() {
        return steps;
    }

    Model network(Variant variant) {
        return network.apply(variant);
    }

    @Override
    public String toString() {
        return name();
    }
}
