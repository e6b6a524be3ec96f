package io.lossledger.dashboards.live.history;

import io.lossledger.dashboards.live.frames.JsonText;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RecordedTrajectory;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import org.jspecify.annotations.Nullable;

/** Manifests for the page: the whole manifest of one run, or a line for each run. Stateless. */
public final class ManifestText {
    private static final int MOST_LAYERS = 1_024;
    private static final int MOST_OBJECTIVES = 256;

    private ManifestText() {}

    /**
     * The fields for the run picker.
     *
     * @param recorded the run whose trajectory this one measures; null if there is none
     */
    public static void line(JsonText json, RunManifest manifest, @Nullable RunManifest recorded) {
        json.put("run", manifest.getRun())
                .put("status", manifest.getStatus().name())
                .put("model", manifest.getModel())
                .put("optimizer", manifest.getOptimizer())
                .put("data_set", manifest.getDataSet())
                .put("started", Timestamps.toMillis(manifest.getStarted()));
        if (manifest.hasEnded()) {
            json.put("ended", Timestamps.toMillis(manifest.getEnded()));
        }
        if (manifest.hasLastStep()) {
            json.put("last_step", Integer.toUnsignedLong(manifest.getLastStep()));
        }
        RecordedTrajectory.of(manifest).ifPresent(run -> json.put("recorded_run", run));
        if (RecordedTrajectory.isAsked(manifest)) {
            json.put("question", RecordedTrajectory.question(manifest, recorded));
        }
    }

    /** The whole manifest; see {@link #line}. */
    public static String whole(RunManifest manifest, @Nullable RunManifest recorded) {
        return JsonText.object(json -> {
            line(json, manifest, recorded);
            json.array(
                    "objectives",
                    list -> manifest.getObjectivesList().stream()
                            .limit(MOST_OBJECTIVES)
                            .forEach(objective -> objective(list, objective)));
            json.strings(
                    "layers",
                    manifest.getLayersList().stream()
                            .limit(MOST_LAYERS)
                            .map(LayerManifest::getLayer)
                            .toList());
            ObjectiveKey shown = ObjectiveKey.byDefault(manifest);
            json.object(
                    "default_objective", key -> key.put("name", shown.name()).put("stratum", shown.stratum()));
            json.put("failure", manifest.getFailure())
                    .put("parameters", manifest.getParameters())
                    .put("rule", manifest.getRule())
                    .put("max_splits", manifest.getMaxSplits())
                    .put("every", Integer.toUnsignedLong(manifest.getEvery()))
                    .put("first_step", Integer.toUnsignedLong(manifest.getFirstStep()))
                    .put("skipped_steps", Integer.toUnsignedLong(manifest.getSkippedSteps()))
                    .put("batch_size", manifest.getBatchSize())
                    .put("seed", manifest.getSeed())
                    .put("parent_run", manifest.getParentRun())
                    .put("parent_step", Integer.toUnsignedLong(manifest.getParentStep()));
            if (manifest.hasPlannedSteps()) {
                json.put("planned_steps", Integer.toUnsignedLong(manifest.getPlannedSteps()));
            }
            if (manifest.hasSentStep()) {
                json.put("sent_step", Integer.toUnsignedLong(manifest.getSentStep()))
                        .put("sent_time", Timestamps.toMillis(manifest.getSentTime()));
            }
            json.array(
                    "layer_facts",
                    list -> manifest.getLayersList().stream()
                            .limit(MOST_LAYERS)
                            .forEach(layer -> layer(list, manifest, layer)));
        });
    }

    private static void objective(JsonText list, ObjectiveManifest objective) {
        list.braces(entry -> entry.put("name", objective.getName())
                .put("stratum", objective.getStratum())
                .put("kind", objective.getKind().name())
                .put("examples", Integer.toUnsignedLong(objective.getExamples())));
    }

    private static void layer(JsonText list, RunManifest manifest, LayerManifest layer) {
        list.braces(entry -> entry.put("layer", layer.getLayer())
                .put("kind", layer.getKind())
                .put("units", Integer.toUnsignedLong(layer.getUnits()))
                .put("image", ImageLayer.of(manifest, layer.getLayer()).isPresent()));
    }
}
