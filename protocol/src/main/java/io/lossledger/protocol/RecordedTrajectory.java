package io.lossledger.protocol;

import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which trajectory workers measure for a run, and what the run asks of it, in words for people. Stateless. */
public final class RecordedTrajectory {
    private static final int MOST_NAMED = 3;

    private RecordedTrajectory() {}

    /** The run whose trajectory is measured, which may be the run itself; empty when its trainer measures. */
    public static Optional<String> of(RunManifest manifest) {
        if (!manifest.hasTrajectory()) {
            return Optional.empty();
        }
        String recorded = manifest.getTrajectory().getRecordedRun();
        return Optional.of(recorded.isEmpty() ? manifest.getRun() : recorded);
    }

    /** Whether a run measures the trajectory of another one. */
    public static boolean isAsked(RunManifest manifest) {
        return !manifest.getTrajectory().getRecordedRun().isEmpty();
    }

    /**
     * What such a run asks: its objectives and what else is different from the recorded run, such as {@code train, up to 16
     * splits, float64}.
     *
     * @param recorded null when it does not exist any more
     */
    public static String question(RunManifest asked, @Nullable RunManifest recorded) {
        List<ObjectiveManifest> objectives = asked.getObjectivesList();
        int more = objectives.size() - MOST_NAMED;
        StringBuilder words = new StringBuilder(objectives.stream()
                .limit(MOST_NAMED)
                .map(ObjectiveManifest::getName)
                .collect(Collectors.joining(", ")));
        if (more > 0) {
            words.append(" and ").append(more).append(" more");
        }
        if (recorded == null) {
            return words.toString();
        }
        if (asked.getMaxSplits() != recorded.getMaxSplits()) { // and so rule and tolerances may be different, too
            words.append(", up to ").append(asked.getMaxSplits()).append(" splits");
        } else if (!asked.getRule().equals(recorded.getRule())) {
            words.append(", ").append(asked.getRule());
        } else if (asked.getAbsoluteTolerance() != recorded.getAbsoluteTolerance()
                || asked.getRelativeTolerance() != recorded.getRelativeTolerance()) {
            words.append(", other tolerances");
        }
        if (asked.getElementType() != recorded.getElementType()) {
            words.append(asked.getElementType() == ElementType.ELEMENT_TYPE_FLOAT64 ? ", float64" : ", float32");
        }
        return words.toString();
    }
}
