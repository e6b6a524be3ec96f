package io.lossledger.producer.dl4j;

import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.FlatArrays;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.trajectory.DeclaredObjective;
import io.lossledger.producer.trajectory.TrajectorySettings;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.TrajectoryManifest;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** The facts in a recorded run's manifest from which workers measure it. Stateless. */
final class TrajectoryFacts {
    private TrajectoryFacts() {}

    /**
     * Adds the trajectory and its objectives.
     *
     * @param chunkExamples examples that an objective evaluates together, if it has as many
     * @param chunkBytes bytes of delta and gradients in one update
     */
    static void fill(
            RunManifest.Builder manifest,
            Model network,
            TrajectorySettings trajectory,
            MeasureSettings measure,
            int chunkExamples,
            int chunkBytes) {
        String loss = ManifestFacts.loss(network);
        for (DeclaredObjective objective : trajectory.objectives()) {
            manifest.addObjectives(ObjectiveManifest.newBuilder()
                    .setName(objective.name())
                    .setWeight(objective.weight())
                    .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                    .setExamples(objective.examples())
                    .setChunkExamples(EvaluationPool.chunkExamples(network, chunkExamples, objective.examples()))
                    .setLoss(loss));
        }
        manifest.setTrajectory(TrajectoryManifest.newBuilder()
                .setStepsInBlock(TrajectorySettings.stepsInBlock(manifest.getEvery()))
                .setVectorLength(Math.toIntExact(network.numParams()))
                .setElementType(FlatArrays.elementType(network.params()))
                .setChunkParameters(
                        measure.chunkParameters(trajectory.objectives().size(), chunkBytes))
                .setNetwork(type(network).getSimpleName())
                .setConfiguration(configuration(network))
                .setDataFingerprint(trajectory.dataFingerprint())
                .setObjectiveExamples(trajectory.objectiveExamples()));
    }

    private static Class<?> type(Model network) {
        return network instanceof ComputationGraph ? ComputationGraph.class : MultiLayerNetwork.class;
    }

    private static String configuration(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getConfiguration().toJson()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
    }
}
