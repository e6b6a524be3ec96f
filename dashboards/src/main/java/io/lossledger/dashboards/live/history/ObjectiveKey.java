package io.lossledger.dashboards.live.history;

import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;

/** An objective, and its stratum if it is sampled in strata. */
public record ObjectiveKey(String name, String stratum) {
    private static final String TRAIN = "train";

    public static ObjectiveKey of(ObjectiveManifest objective) {
        return new ObjectiveKey(objective.getName(), objective.getStratum());
    }

    /** The default objective of a run: {@code train}, otherwise the first fixed one, otherwise the first. */
    public static ObjectiveKey byDefault(RunManifest manifest) {
        List<ObjectiveManifest> objectives = manifest.getObjectivesList();
        return objectives.stream()
                .filter(objective -> objective.getName().equals(TRAIN))
                .findFirst()
                .or(() -> objectives.stream()
                        .filter(objective -> objective.getKind() == ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .findFirst())
                .or(() -> objectives.stream().findFirst())
                .map(ObjectiveKey::of)
                .orElse(new ObjectiveKey(TRAIN, ""));
    }
}
