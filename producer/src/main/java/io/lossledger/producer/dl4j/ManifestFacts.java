package io.lossledger.producer.dl4j;

import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.evaluate.NetworkObjective;
import io.lossledger.producer.evaluate.SampledNetworkObjective;
import io.lossledger.producer.layout.NetworkLayout;
import io.lossledger.producer.measure.LedgerObjective;
import io.lossledger.producer.measure.MeasureSettings;
import io.lossledger.producer.measure.SampledObjective;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The facts in a run's manifest about the network and how it is measured. Stateless. */
final class ManifestFacts {
    private static final Logger log = LoggerFactory.getLogger(ManifestFacts.class);

    private ManifestFacts() {}

    static void fill(
            RunManifest.Builder manifest,
            Model network,
            List<LedgerObjective> objectives,
            MeasureSettings measure,
            RecordSettings recording) {
        measuring(manifest, measure);
        manifest.addAllLayers(NetworkLayout.manifest(network))
                .setEvery(recording.every())
                .setFirstStep(recording.firstStep())
                .putVersions("java", Runtime.version().toString());
        dl4jVersion().ifPresent(version -> manifest.putVersions("dl4j", version));
        manifest.addAllObjectives(objectives(network, objectives));
    }

    /** How segments are measured. */
    static void measuring(RunManifest.Builder manifest, MeasureSettings measure) {
        manifest.setRule(measure.rule().coarsest())
                .setMaxSplits(measure.maxSplits())
                .setAbsoluteTolerance(measure.refines() ? measure.absoluteTolerance() : 0)
                .setRelativeTolerance(measure.refines() ? measure.relativeTolerance() : 0)
                .setMaxGradientsPerStep(measure.maxGradients())
                .setElementType(measure.type());
    }

    /** The objectives, in order. */
    static List<ObjectiveManifest> objectives(Model network, List<LedgerObjective> objectives) {
        String loss = loss(network);
        return objectives.stream().map(objective -> describe(objective, loss)).toList();
    }

    /** The version in DL4J's jar; DL4J's own VersionCheck looks for files that its jars no longer contain. */
    private static Optional<String> dl4jVersion() {
        Properties facts = new Properties();
        try (InputStream in = Model.class.getResourceAsStream(
                "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties")) {
            if (in != null) {
                facts.load(in);
            }
        } catch (IOException e) {
            log.debug("The version of DL4J cannot be read", e);
        }
        return Optional.ofNullable(facts.getProperty("version"));
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
            entry.setChunkExamples(network.data().chunkExamples());
        }
        if (objective instanceof SampledNetworkObjective network) {
            entry.setChunkExamples(network.chunkExamples());
        }
        return entry.build();
    }

    /** The losses of the network's outputs, such as {@code mcxent}. */
    static String loss(Model network) {
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
