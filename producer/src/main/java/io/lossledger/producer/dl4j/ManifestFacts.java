package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerObjective;
import io.lossledger.producer.MeasureSettings;
import io.lossledger.producer.RecordSettings;
import io.lossledger.producer.SampledObjective;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
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
        objectives.forEach(objective -> manifest.addObjectives(describe(objective)));
    }

    private static ObjectiveManifest describe(LedgerObjective objective) {
        ObjectiveManifest.Builder entry = ObjectiveManifest.newBuilder()
                .setName(objective.name())
                .setWeight(objective.weight())
                .setKind(ObjectiveKind.OBJECTIVE_KIND_FIXED)
                .setExamples(objective.examples());
        if (objective instanceof SampledObjective sampled) {
            entry.setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED).setSampleExamples(sampled.sampleExamples());
        } else if (objective instanceof NetworkObjective network) {
            entry.setChunkExamples(network.chunks().get(0).examples());
        }
        return entry.build();
    }
}
