package io.lossledger.producer.dl4j.conformance;

import io.lossledger.producer.dl4j.LossLedger;
import io.lossledger.producer.dl4j.TestLedgers;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.step.StepUpdate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Trains the network of a recipe, with or without a ledger, and notes all that must not depend on it. */
final class Training {
    private static final int CHUNK = 500;

    private final Recipe recipe;
    private final Map<String, Object> notes = new LinkedHashMap<>();
    private final List<double[]> parameters = new ArrayList<>();
    private final List<StepUpdate> steps = Collections.synchronizedList(new ArrayList<>());
    private String refusal = "";
    private String evaluator = "";
    private Model network;

    private Training(Recipe recipe) {
        this.recipe = recipe;
        this.network = recipe.network(Variant.TRAINED);
    }

    static Training alone(Recipe recipe) {
        Training training = new Training(recipe);
        training.begin();
        training.attached();
        training.train();
        return training;
    }

    /** With a ledger, or without when it refuses. */
    static Training watched(Recipe recipe, MeasureSettings settings, EvaluatorChoice choice) {
        Training training = new Training(recipe);
        training.begin();
        LossLedger ledger = training.attach(settings, choice);
        training.attached();
        if (ledger == null) {
            training.train();
            return training;
        }
        try (ledger) {
            training.train();
            ledger.finish();
        }
        return training;
    }

    /** What was noted, by what it is and when it was. */
    Map<String, Object> notes() {
        return notes;
    }

    /** What is not as in another training of the same recipe. */
    List<String> differencesFrom(Training other) {
        Set<String> all = new LinkedHashSet<>(notes.keySet());
        all.addAll(other.notes.keySet());
        return all.stream()
                .filter(what -> !Objects.equals(notes.get(what), other.notes.get(what)))
                .toList();
    }

    /** Parameters before the training and after each batch. */
    List<double[]> parameters() {
        return parameters;
    }

    /** What the ledger measured. */
    List<StepUpdate> steps() {
        return steps;
    }

    /** Why the ledger did not attach; empty when it did. */
    String refusal() {
        return refusal;
    }

    /** What evaluated; empty without a ledger. */
    String evaluator() {
        return evaluator;
    }

    /** Optimizer steps. */
    int iterations() {
        return network instanceof ComputationGraph graph
                ? graph.getIterationCount()
                : ((MultiLayerNetwork) network).getIterationCount();
    }

    private void begin() {
        initialise(network);
        note("made");
        noteConfiguration("made");
    }

    static void initialise(Model network) {
        network.init();
        Random random = new Random(3);
        network.paramTable().forEach((name, values) -> {
            boolean statistics = name.endsWith("mean") || name.endsWith("var") || name.endsWith("log10stdev");
            for (long i = 0; i < values.length() && !statistics; i++) {
                values.putScalar(i, values.getDouble(i) + 0.1 * random.nextGaussian());
            }
        });
    }

    private @Nullable LossLedger attach(MeasureSettings settings, EvaluatorChoice choice) {
        try {
            return TestLedgers.attach(
                    LossLedger.to("nowhere:1")
                            .run("r")
                            .objective(pool -> pool.objective("train", 1, recipe.objective(), CHUNK))
                            .measure(settings)
                            .evaluator(choice)
                            .threads(1)
                            .observer(steps::add),
                    network,
                    name -> evaluator = name);
        } catch (IllegalArgumentException e) {
            refusal = String.valueOf(e.getMessage());
            return null;
        }
    }

    private void attached() {
        note("attached");
        noteConfiguration("attached");
        // Whoever makes or clones a network seeds the generator that dropout draws from.
        notes.put("random numbers after attach", list(Nd4j.rand(DataType.DOUBLE, 1, 4)));
        parameters.add(network.params().toDoubleVector());
    }

    private void train() {
        for (int step = 0; step < recipe.steps(); step++) {
            fit(recipe.batch(step), step == recipe.steps() - 1);
            parameters.add(network.params().toDoubleVector());
            notes.put("score " + step, network.score());
            note("step " + step);
        }
        noteConfiguration("trained");
        notes.put("random numbers at the end", list(Nd4j.rand(DataType.DOUBLE, 1, 4)));
    }

    private void fit(MultiDataSet batch, boolean epoch) {
        if (network instanceof ComputationGraph graph) {
            if (epoch) {
                graph.fit(new SingletonMultiDataSetIterator(batch), 1);
            } else {
                graph.fit(batch);
            }
        } else {
            MultiLayerNetwork layers = (MultiLayerNetwork) network;
            DataSet single = FiniteDifferences.single(batch);
            if (epoch) {
                layers.fit(new SingletonDataSetIterator(single), 1);
            } else {
                layers.fit(single);
            }
        }
    }

    private void note(String when) {
        notes.put("parameters " + when, list(network.params()));
        if (network instanceof ComputationGraph graph) {
            notes.put("optimizer " + when, list(graph.getUpdater().getUpdaterStateViewArray()));
            notes.put("iterations " + when, graph.getIterationCount() + " in epoch " + graph.getEpochCount());
        } else {
            MultiLayerNetwork layers = (MultiLayerNetwork) network;
            notes.put("optimizer " + when, list(layers.getUpdater().getStateViewArray()));
            notes.put("iterations " + when, layers.getIterationCount() + " in epoch " + layers.getEpochCount());
        }
    }

    /** Of the network, and what its layers hold. */
    private void noteConfiguration(String when) {
        if (network instanceof ComputationGraph graph) {
            notes.put("configuration " + when, json(graph.getConfiguration().toJson()));
            notes.put("layers " + when, configurations(graph.getLayers()));
        } else {
            MultiLayerNetwork layers = (MultiLayerNetwork) network;
            notes.put(
                    "configuration " + when,
                    json(layers.getLayerWiseConfigurations().toJson()));
            notes.put("layers " + when, configurations(layers.getLayers()));
        }
    }

    private static List<String> configurations(Layer[] layers) {
        return Arrays.stream(layers).map(layer -> json(layer.conf().toJson())).toList();
    }

    /**
     * The alpha of ActivationPReLU is written without its values, but with the number of the array, and whether it may be
     * released early: what has been serialized may not.
     */
    private static String json(String configuration) {
        return configuration.replaceAll("\"(id|closeable)\" : \\w+", "\"$1\" : 0");
    }

    private static List<Double> list(@Nullable INDArray array) {
        return array == null
                ? List.of()
                : Arrays.stream(array.toDoubleVector()).boxed().toList();
    }
}
