package io.lossledger.dashboards.live.history;

import io.lossledger.protocol.DefaultObjective;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;

/** An objective, and its stratum if it is sampled in strata. */
public record ObjectiveKey(String name, String stratum) {
    public static ObjectiveKey of(ObjectiveManifest objective) {
        return new ObjectiveKey(objective.getName(), objective.getStratum());
    }

    /** The default objective of a run. */
    public static ObjectiveKey byDefault(RunManifest manifest) {
        DefaultObjective shown = DefaultObjective.of(manifest);
        return new ObjectiveKey(shown.name(), shown.stratum());
    }
}
