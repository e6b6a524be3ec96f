package io.lossledger.producer.worker;

import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A run that measures the trajectory of another one under other objectives, rules or precision. Its session follows from both run
 * ids and the session of the recorded run, so that all workers agree. Stateless.
 */
public final class AskedRun {
    private AskedRun() {}

    /**
     * The manifest of such a run: that of the recorded run, without what was measured.
     *
     * @param recorded the manifest of the recorded run
     * @param as id of the new run
     */
    public static RunManifest.Builder of(RunManifest recorded, String as) {
        RunManifest.Builder asked = recorded.toBuilder()
                .setRun(as)
                .setStatus(RunStatus.RUN_STATUS_RUNNING)
                .setSession(session(recorded, as))
                .setParentRun(recorded.getRun())
                .setStarted(Timestamps.fromMillis(System.currentTimeMillis()))
                .clearParentStep()
                .clearFailure()
                .clearObjectives()
                .clearLastStep()
                .clearSkippedSteps()
                .clearEnded()
                .clearWarnings()
                .clearSentStep()
                .clearSentTime();
        asked.getTrajectoryBuilder().setRecordedRun(recorded.getRun());
        return asked;
    }

    private static long session(RunManifest recorded, String as) {
        String name = recorded.getRun() + '|' + recorded.getSession() + '|' + as;
        long session =
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
        return session == 0 ? 1 : session;
    }

    /** Whether a run that exists asks the same of the same trajectory. */
    static boolean isSame(RunManifest there, RunManifest asked) {
        return question(there).equals(question(asked));
    }

    private static RunManifest question(RunManifest manifest) {
        return RunManifest.newBuilder()
                .setSession(manifest.getSession())
                .addAllObjectives(manifest.getObjectivesList())
                .setRule(manifest.getRule())
                .setMaxSplits(manifest.getMaxSplits())
                .setAbsoluteTolerance(manifest.getAbsoluteTolerance())
                .setRelativeTolerance(manifest.getRelativeTolerance())
                .setMaxGradientsPerStep(manifest.getMaxGradientsPerStep())
                .setElementType(manifest.getElementType())
                .build();
    }

    /** How the new run ends: as the recorded one. */
    static RunFinished outcome(RunManifest recorded) {
        return RunFinished.newBuilder().setOutcome(recorded.getStatus()).build();
    }

    /**
     * The last manifest of the new run.
     *
     * @param endStep the step after the last one
     */
    static RunManifest ended(RunManifest asked, RunManifest recorded, int endStep) {
        RunManifest.Builder ended = asked.toBuilder()
                .setStatus(recorded.getStatus())
                .setFailure(recorded.getFailure())
                .setEnded(Timestamps.fromMillis(System.currentTimeMillis()));
        if (endStep > recorded.getFirstStep()) {
            ended.setLastStep(endStep - 1);
        }
        return ended.build();
    }
}
