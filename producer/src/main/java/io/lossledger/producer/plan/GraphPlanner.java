package io.lossledger.producer.plan;

import io.lossledger.producer.blas.NetworkPlan.Add;
import io.lossledger.producer.blas.NetworkPlan.Loss;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;

/** Turns the vertices of a graph into nodes of a plan, in topological order. */
final class GraphPlanner {
    private final ComputationGraph graph;
    private final ComputationGraphConfiguration configuration;
    private final PlanNodes nodes;
    private final PlanLayers layers;
    private final Map<String, PlanValue> values = new HashMap<>();

    private GraphPlanner(ComputationGraph graph, PlanNodes nodes) {
        this.graph = graph;
        this.configuration = EvaluationConfiguration.of(graph.getConfiguration(), DataType.DOUBLE);
        this.nodes = nodes;
        this.layers = new PlanLayers(nodes);
    }

    /** @throws NotPlannableException when a vertex, its layer or one of its settings is unknown */
    static Loss add(ComputationGraph graph, PlanValue input, PlanNodes nodes) {
        return new GraphPlanner(graph, nodes).add(input);
    }

    private Loss add(PlanValue input) {
        if (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1) {
            throw new NotPlannableException("the network has " + graph.getNumInputArrays() + " inputs and "
                    + graph.getNumOutputArrays() + " outputs");
        }
        String output = configuration.getNetworkOutputs().get(0);
        requireAllLeadTo(output);
        values.put(configuration.getNetworkInputs().get(0), input);
        for (int position : graph.topologicalSortOrder()) {
            String name = graph.getVertices()[position].getVertexName();
            if (values.containsKey(name)) {
                continue;
            }
            GraphVertex vertex =
                    Objects.requireNonNull(configuration.getVertices().get(name));
            if (name.equals(output) && vertex instanceof LayerVertex last) {
                Layer layer = last.getLayerConf().getLayer();
                return PlanOutput.add(layer, parameters(name, position), layerInput(last, name), nodes);
            }
            values.put(name, add(vertex, name, position));
        }
        throw new NotPlannableException("the network has no layer with a loss at its output");
    }

    private PlanValue add(GraphVertex vertex, String name, int position) {
        if (vertex.getClass() == LayerVertex.class) {
            LayerVertex layer = (LayerVertex) vertex;
            return layers.add(layer.getLayerConf().getLayer(), parameters(name, position), layerInput(layer, name));
        }
        if (vertex.getClass() == PreprocessorVertex.class) {
            String owner = owner(name);
            return PlanPreprocessor.apply(((PreprocessorVertex) vertex).getPreProcessor(), owner, onlyInput(name));
        }
        if (vertex.getClass() == ElementWiseVertex.class) {
            return sum((ElementWiseVertex) vertex, name);
        }
        throw new NotPlannableException(owner(name) + " is unknown");
    }

    private PlanValue sum(ElementWiseVertex vertex, String name) {
        String owner = owner(name);
        List<PlanValue> inputs = inputs(name);
        if (inputs.size() == 1) {
            return inputs.get(0);
        }
        if (vertex.getOp() != ElementWiseVertex.Op.Add) {
            throw new NotPlannableException(owner + " is not a sum: " + vertex.getOp());
        }
        PlanValue first = inputs.get(0);
        for (PlanValue input : inputs) {
            PlanNodes.requireRead(owner, input);
            // DL4J would broadcast.
            if (!input.shape().equals(first.shape()) || input.form() != first.form()) {
                throw new NotPlannableException(owner + " adds " + first + " and " + input);
            }
        }
        List<Integer> summands = inputs.stream().map(PlanValue::node).toList();
        if (summands.stream().distinct().count() < summands.size()) {
            throw new NotPlannableException(owner + " adds something to itself");
        }
        return nodes.add(new Add(summands, first.shape()), first.form());
    }

    private ParameterViews parameters(String name, int position) {
        return new ParameterViews(
                owner(name),
                PlanCompiler.orNone(graph.getVertices()[position].paramTable(false)),
                graph.params().offset());
    }

    private PlanValue layerInput(LayerVertex vertex, String name) {
        return PlanPreprocessor.apply(vertex.getPreProcessor(), owner(name), onlyInput(name));
    }

    /** The layer as the user has configured it. */
    private String owner(String name) {
        GraphVertex vertex =
                Objects.requireNonNull(graph.getConfiguration().getVertices().get(name));
        return PlanCompiler.owner(
                vertex instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : vertex, name);
    }

    private PlanValue onlyInput(String name) {
        List<PlanValue> inputs = inputs(name);
        if (inputs.size() != 1) {
            throw new NotPlannableException("vertex " + name + " has " + inputs.size() + " inputs");
        }
        return inputs.get(0);
    }

    private List<PlanValue> inputs(String name) {
        return Objects.requireNonNull(configuration.getVertexInputs().get(name)).stream()
                .map(input -> Objects.requireNonNull(values.get(input)))
                .toList();
    }

    private void requireAllLeadTo(String output) {
        Set<String> found = new HashSet<>();
        Deque<String> ahead = new ArrayDeque<>(List.of(output));
        while (!ahead.isEmpty()) {
            String name = ahead.remove();
            if (found.add(name)) {
                ahead.addAll(configuration.getVertexInputs().getOrDefault(name, List.of()));
            }
        }
        for (int position : graph.topologicalSortOrder()) {
            String name = graph.getVertices()[position].getVertexName();
            if (!found.contains(name)) {
                throw new NotPlannableException("vertex " + name + " does not lead to the output");
            }
        }
    }
}
