package io.lossledger.protocol;

import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;

/** The objective of a run that readers show unless they are asked for another. Immutable. */
public record DefaultObjective(String name, String stratum) {
    private static final String TRAIN = "train";

    /** {@code train}, otherwise the first fixed objective, otherwise the first. */
    public static DefaultObjective of(RunManifest manifest) {
        List<ObjectiveManifest> objectives = manifest.getObjectivesList();
        return objectives.stream()
                .filter(objective -> objective.getName().equals(TRAIN))
                .findFirst()
                .or(() -> objectives.stream()
                        .filter(objective -> objective.getKind() == ObjectiveKind.OBJECTIVE_KIND_FIXED)
                        .findFirst())
                .or(() -> objectives.stream().findFirst())
                .map(objective -> new DefaultObjective(objective.getName(), objective.getStratum()))
                .orElse(new DefaultObjective(TRAIN, ""));
    }
}
