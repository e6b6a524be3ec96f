package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerObjective;
import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.SampledObjective;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.versioncheck.VersionCheck;

/** What the manifest of a run says about the network and how it is measured. Stateless. */
final class ManifestFacts {
    private ManifestFacts() {}

    static void fill(
            RunManifest.Builder manifest,
            Model network,
            List<LedgerObjective> objectives,
            MeasureSettings measure,
            RecordSettings recording) {
        manifest.addAllLayers(NetworkLayout.manifest(network))
                .setRule(measure.rule().coarsest())
                .setMaxSplits(measure.maxSplits())
                .setAbsoluteTolerance(measure.refines() ? measure.absoluteTolerance() : 0)
                .setRelativeTolerance(measure.refines() ? measure.relativeTolerance() : 0)
                .setMaxGradientsPerStep(measure.maxGradients())
                .setElementType(measure.type())
                .setEvery(recording.every())
                .setFirstStep(recording.firstStep())
                .putVersions("java", Runtime.version().toString());
        VersionCheck.getVersionInfos().stream()
                .filter(library -> library.getArtifactId().equals("deeplearning4j-nn"))
                .forEach(library -> manifest.putVersions("dl4j", library.getBuildVersion()));
        String loss = loss(network);
        objectives.forEach(objective -> manifest.addObjectives(describe(objective, loss)));
    }

    private static ObjectiveManifest describe(LedgerObjective objective, String loss) {
        ObjectiveManifest.Builder entry = ObjectiveManifest.newBuilder()
                .setName(objective.name())
                .setWeight(objective.weight())
                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                .setExamples(objective.examples());
        if (objective instanceof SampledObjective sampled) {
            entry.setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED).setSampleExamples(sampled.sampleExamples());
        }
        boolean ofNetwork = objective instanceof NetworkObjective || objective instanceof SampledNetworkObjective;
        if (ofNetwork) {
            entry.setLoss(loss);
        }
        if (objective instanceof NetworkObjective network) {
            entry.setChunkExamples(network.chunks().get(0).examples());
        }
        return entry.build();
    }

    /** The losses of the network's outputs, such as {@code mcxent}. */
    private static String loss(Model network) {
        List<Layer> outputs = network instanceof ComputationGraph graph
                ? graph.getConfiguration().getNetworkOutputs().stream()
                        .map(graph::getLayer)
                        .toList()
                : List.of(((MultiLayerNetwork) network).getOutputLayer());
        return outputs.stream()
                .map(layer -> layer.conf().getLayer())
                .map(layer -> layer instanceof BaseOutputLayer output
                        ? output.getLossFn()
                        : layer instanceof LossLayer lossLayer ? lossLayer.getLossFn() : layer)
                .map(loss -> loss.getClass()
                        .getSimpleName()
                        .replaceFirst("^Loss", "")
                        .toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("+"));
    }
}
