package io.lossledger.producer.dl4j;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.producer.measure.StepMeasurer;
import io.lossledger.producer.publish.PublisherSettings;
import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.worker.AskedRun;
import io.lossledger.producer.worker.RunMeasurer;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Opens recorded DL4J networks for a {@link io.lossledger.producer.worker.MeasureWorker}, with your own data and objectives:
 *
 * <pre>{@code
 * RecordedNetworks networks = new RecordedNetworks().train(trainSet);
 * WorkerSettings settings = WorkerSettings.of("localhost:9092", "my-run");
 * try (MeasureWorker worker = new MeasureWorker(settings, networks::open, WorkerListener.NONE)) {
 *     worker.run();
 * }
 * }</pre>
 *
 * <p>The network comes from the configuration in the run's manifest. How it is measured does, too, unless {@link #as} asks
 * something else of the trajectory. Not thread-safe.
 */
public final class RecordedNetworks {
    private final List<Function<EvaluationPool, List<LedgerObjective>>> objectives = new ArrayList<>();
    private @Nullable String as;
    private @Nullable MeasureSettings measure;
    private @Nullable Integer chunkExamples;
    private String fingerprint = "";
    private int threads = Runtime.getRuntime().availableProcessors();
    private EvaluatorChoice evaluator = EvaluatorChoice.AUTO;
    private boolean verifyEvaluator = true;
    private UpdateForm form = UpdateForm.SUMS;

    /** Measures the mean loss over the training set; the data are copied. */
    public RecordedNetworks train(DataSet data) {
        return objective("train", data);
    }

    /** Measures the mean loss over a fixed data set; the data are copied. */
    public RecordedNetworks objective(String name, DataSet data) {
        return objectives(pool -> List.of(pool.objective(name, 1, data)));
    }

    /** Measures objectives of your own, or from the pool. */
    public RecordedNetworks objectives(Function<EvaluationPool, List<LedgerObjective>> several) {
        objectives.add(several);
        return this;
    }

    /**
     * Books what is measured as another run, whose parent is the recorded one; its objectives may differ.
     *
     * @param run id of that run
     */
    public RecordedNetworks as(String run) {
        as = run;
        return this;
    }

    /** Rule, precision and tolerances; only for another run. By default those of the recorded one. */
    public RecordedNetworks measure(MeasureSettings settings) {
        measure = settings;
        return this;
    }

    /** The examples evaluated together, at least 1; by default those of the recorded run. */
    public RecordedNetworks chunkExamples(int examples) {
        chunkExamples = examples;
        return this;
    }

    /** What tells this data set from others; a run that was recorded with another one is refused. */
    public RecordedNetworks dataFingerprint(String text) {
        fingerprint = text;
        return this;
    }

    /** The number of evaluation threads, at least 1. */
    public RecordedNetworks threads(int count) {
        threads = count;
        return this;
    }

    /** What evaluates losses and gradients, and whether it is checked first. */
    public RecordedNetworks evaluator(EvaluatorChoice choice, boolean verify) {
        evaluator = choice;
        verifyEvaluator = verify;
        return this;
    }

    /** What the updates contain; sums by default. */
    public RecordedNetworks form(UpdateForm updates) {
        form = updates;
        return this;
    }

    /**
     * Opens the measurer of a run.
     *
     * @throws IllegalArgumentException when the run has no trajectory, its data or objectives differ from those given here, or its
     *     network cannot be created or measured on this machine
     */
    public RunMeasurer open(RunManifest recorded) {
        Model network = network(recorded);
        ModelLayout layout = NetworkLayout.of(network);
        requireSame("parameters", recorded.getTrajectory().getVectorLength(), layout.vectorLength(), recorded);
        MeasureSettings settings = measure == null ? RecordedMeasure.of(recorded) : measure;
        EvaluationPool pool = new EvaluationPool(
                network, threads, settings.type(), evaluator, verifyEvaluator, chunkExamples(recorded));
        try {
            List<LedgerObjective> measured = new ArrayList<>();
            objectives.forEach(several -> measured.addAll(several.apply(pool)));
            measured.stream()
                    .filter(SampledObjective.class::isInstance)
                    .findFirst()
                    .ifPresent(sampled -> {
                        throw new IllegalArgumentException(
                                "objective: must be over fixed examples, because the sample of a step"
                                        + " belongs to the training. Found: " + sampled.name());
                    });
            StepMeasurer measurer = new StepMeasurer(measured, layout, settings);
            RunManifest booked = booked(recorded, network, measured, settings, pool);
            return new RunMeasurer(booked, layout, measurer, form, pool);
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    private RunManifest booked(
            RunManifest recorded,
            Model network,
            List<LedgerObjective> measured,
            MeasureSettings settings,
            EvaluationPool pool) {
        List<ObjectiveManifest> described = ManifestFacts.objectives(network, measured);
        if (as == null) {
            requireDeclared(recorded, described);
            return recorded;
        }
        RunManifest.Builder asked = AskedRun.of(recorded, as).addAllObjectives(described);
        ManifestFacts.measuring(asked, settings);
        if (form == UpdateForm.VECTORS) { // sums have the same bits with the chunks of the recorded run, and are small
            int most = settings.chunkParameters(measured.size(), PublisherSettings.DEFAULT_CHUNK_BYTES);
            asked.getTrajectoryBuilder()
                    .setChunkParameters(Math.min(most, recorded.getTrajectory().getChunkParameters()));
        }
        pool.evaluatorName().ifPresent(asked::setEvaluator);
        return asked.build();
    }

    private static void requireDeclared(RunManifest recorded, List<ObjectiveManifest> measured) {
        List<String> declared = recorded.getObjectivesList().stream()
                .map(RecordedNetworks::text)
                .toList();
        List<String> found = measured.stream().map(RecordedNetworks::text).toList();
        if (!declared.equals(found)) {
            throw new IllegalArgumentException("objectives: must be those that run " + recorded.getRun() + " declares, "
                    + declared + " (measure others as another run). Found: " + found);
        }
    }

    private static String text(ObjectiveManifest objective) {
        return objective.getName() + " over " + objective.getExamples() + " examples, " + objective.getChunkExamples()
                + " together";
    }

    private int chunkExamples(RunManifest recorded) {
        if (chunkExamples != null) {
            return chunkExamples;
        }
        return recorded.getObjectivesList().stream()
                .mapToInt(ObjectiveManifest::getChunkExamples)
                .max()
                .orElse(EvaluationPool.CHUNK_EXAMPLES);
    }

    private Model network(RunManifest recorded) {
        TrajectoryManifest trajectory = recorded.getTrajectory();
        if (!recorded.hasTrajectory() || !trajectory.getRecordedRun().isEmpty()) {
            throw new IllegalArgumentException(
                    "run: must be one that records its trajectory (train --record). Found: " + recorded.getRun());
        }
        requireSame("data", trajectory.getDataFingerprint(), fingerprint, recorded);
        boolean graph = trajectory.getNetwork().equals(ComputationGraph.class.getSimpleName());
        if (!graph && !trajectory.getNetwork().equals(MultiLayerNetwork.class.getSimpleName())) {
            throw new IllegalArgumentException(
                    "network: must be a MultiLayerNetwork or ComputationGraph of DL4J. Found: "
                            + (trajectory.getNetwork().isEmpty() ? "none" : trajectory.getNetwork())
                            + " in the manifest of run "
                            + recorded.getRun());
        }
        try {
            return graph ? graph(trajectory.getConfiguration()) : layers(trajectory.getConfiguration());
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalArgumentException(
                    "network: must be of classes that are on the class path here. Found: the configuration of run "
                            + recorded.getRun() + " cannot be read, " + firstLine(e),
                    e);
        }
    }

    private static String firstLine(Throwable fault) {
        Throwable root = ExceptionUtils.getRootCause(fault);
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }

    private static Model graph(String configuration) {
        ComputationGraph network = new ComputationGraph(ComputationGraphConfiguration.fromJson(configuration));
        network.init();
        return network;
    }

    private static Model layers(String configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration));
        network.init();
        return network;
    }

    private static void requireSame(String setting, Object there, Object here, RunManifest recorded) {
        boolean known = !there.equals("") && !here.equals("");
        if (known && !there.equals(here)) {
            throw new IllegalArgumentException(
                    setting + ": must be that of run " + recorded.getRun() + ", " + there + ". Found: " + here);
        }
    }
}
