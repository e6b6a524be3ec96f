package io.lossledger.producer.dl4j.conformance;

import static io.lossledger.producer.dl4j.conformance.Parts.IMAGES;
import static io.lossledger.producer.dl4j.conformance.Parts.ONE_CLASS;
import static io.lossledger.producer.dl4j.conformance.Parts.ROWS;
import static io.lossledger.producer.dl4j.conformance.Parts.SEQUENCES;
import static io.lossledger.producer.dl4j.conformance.Parts.STEP_CLASSES;
import static io.lossledger.producer.dl4j.conformance.Parts.convolution;
import static io.lossledger.producer.dl4j.conformance.Parts.dense;
import static io.lossledger.producer.dl4j.conformance.Parts.lstm;
import static io.lossledger.producer.dl4j.conformance.Parts.output;
import static io.lossledger.producer.dl4j.conformance.Parts.rnnOutput;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** Vertices of graphs. */
final class VertexRecipes {
    private static final Examples CLASSIFIED = Examples.classified(ROWS);

    private VertexRecipes() {}

    static List<Recipe> all() {
        List<Recipe> recipes = new ArrayList<>(List.of(
                graph(
                        LayerVertex.class,
                        "",
                        CLASSIFIED,
                        (v, graph) ->
                                start(graph).addLayer("out", output(), "a").setInputTypes(ROWS)),
                after(L2NormalizeVertex.class, "", new L2NormalizeVertex()),
                after(ScaleVertex.class, "", new ScaleVertex(1.5)),
                after(ShiftVertex.class, "", new ShiftVertex(0.5)),
                after(SubsetVertex.class, "", new SubsetVertex(1, 3)),
                after(ReshapeVertex.class, "", new ReshapeVertex(-1, 4)),
                after(FrozenVertex.class, "after a layer that learns", new FrozenVertex(new ScaleVertex(1.5)))
                        .expect(Expectation.broken(IllegalStateException.class, "all epsilons not set")),
                graph(
                        MergeVertex.class,
                        "",
                        CLASSIFIED,
                        (v, graph) -> start(graph)
                                .addLayer("b", dense(3), "in")
                                .addVertex("merged", new MergeVertex(), "b", "a")
                                .addLayer("out", output(), "merged")
                                .setInputTypes(ROWS)),
                twins(L2Vertex.class),
                twins(StackVertex.class),
                twins(UnstackVertex.class),
                graph(
                        LastTimeStepVertex.class,
                        "",
                        ONE_CLASS,
                        (v, graph) -> graph.addLayer("a", lstm(3, v), "in")
                                .addVertex("last", new LastTimeStepVertex("in"), "a")
                                .addLayer("out", output(), "last")
                                .setInputTypes(SEQUENCES)),
                graph(
                        DuplicateToTimeSeriesVertex.class,
                        "",
                        STEP_CLASSES,
                        (v, graph) -> graph.addLayer("a", lstm(3, v), "in")
                                .addVertex("last", new LastTimeStepVertex("in"), "a")
                                .addVertex("all", new DuplicateToTimeSeriesVertex("in"), "last")
                                .addLayer("b", lstm(2, v), "all")
                                .addLayer("out", rnnOutput(), "b")
                                .setInputTypes(SEQUENCES)),
                graph(
                        ReverseTimeSeriesVertex.class,
                        "",
                        STEP_CLASSES,
                        (v, graph) -> graph.addVertex("reverse", new ReverseTimeSeriesVertex("in"), "in")
                                .addLayer("a", lstm(3, v), "reverse")
                                .addVertex("back", new ReverseTimeSeriesVertex("in"), "a")
                                .addLayer("out", rnnOutput(), "back")
                                .setInputTypes(SEQUENCES)),
                graph(
                        PreprocessorVertex.class,
                        "",
                        Examples.classified(IMAGES),
                        (v, graph) -> graph.addLayer("a", convolution(2), "in")
                                .addVertex(
                                        "flat", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(4, 4, 2)), "a")
                                .addLayer("out", output(), "flat")
                                .setInputTypes(IMAGES)),
                graph(
                        PoolHelperVertex.class,
                        "",
                        Examples.classified(IMAGES),
                        (v, graph) -> graph.addLayer("a", convolution(2), "in")
                                .addVertex("cut", new PoolHelperVertex(), "a")
                                .addLayer("pool", Parts.pool(), "cut")
                                .addLayer("out", output(), "pool")
                                .setInputTypes(IMAGES)),
                frozenVertex()));
        for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
            recipes.add(graph(
                    ElementWiseVertex.class,
                    op.toString(),
                    CLASSIFIED,
                    (v, graph) -> start(graph)
                            .addLayer("b", dense(4), "in")
                            .addVertex("both", new ElementWiseVertex(op), "a", "b")
                            .addLayer("out", output(), "both")
                            .setInputTypes(ROWS)));
        }
        return recipes;
    }

    private static GraphBuilder start(GraphBuilder graph) {
        return graph.addLayer("a", dense(4), "in");
    }

    static Recipe graph(
            Class<?> of, String detail, Examples examples, BiFunction<Variant, GraphBuilder, GraphBuilder> vertices) {
        return new Recipe(
                of,
                detail,
                examples,
                v -> Variant.graph(vertices.apply(v, v.graph().addInputs("in").setOutputs("out"))));
    }

    private static Recipe after(Class<?> of, String detail, GraphVertex vertex) {
        return graph(
                of,
                detail,
                CLASSIFIED,
                (v, graph) -> start(graph)
                        .addVertex("b", vertex.clone(), "a")
                        .addLayer("out", output(), "b")
                        .setInputTypes(ROWS));
    }

    private static Recipe frozenVertex() {
        return graph(
                FrozenVertex.class,
                "first",
                CLASSIFIED,
                (v, graph) -> graph.addLayer("frozen", new FrozenLayer(dense(4)), "in")
                        .addVertex("scale", new FrozenVertex(new ScaleVertex(1.5)), "frozen")
                        .addLayer("a", dense(4), "scale")
                        .addLayer("out", output(), "a")
                        .setInputTypes(ROWS));
    }

    /** Two inputs go through one layer; their distance is what counts. */
    private static Recipe twins(Class<?> of) {
        Examples examples = Examples.of(
                new Examples.Values[] {Examples.normal(5), Examples.normal(5)},
                new Examples.Values[] {Examples.classes()});
        InputType[] inputs = {ROWS, ROWS};
        return new Recipe(
                of,
                "twins",
                examples,
                v -> Variant.graph(v.graph()
                        .addInputs("left", "right")
                        .addVertex("stack", new StackVertex(), "left", "right")
                        .addLayer("shared", dense(4), "stack")
                        .addVertex("first", new UnstackVertex(0, 2), "shared")
                        .addVertex("second", new UnstackVertex(1, 2), "shared")
                        .addVertex("distance", new L2Vertex(), "first", "second")
                        .addLayer("out", output(), "distance")
                        .setOutputs("out")
                        .setInputTypes(inputs)));
    }
}
