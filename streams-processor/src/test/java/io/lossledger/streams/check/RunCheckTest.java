package io.lossledger.streams.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.allocate.UpdateAllocator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault is planted alone into a run without faults, and must be named. */
class RunCheckTest {
    @Test
    void findsNothingInARunThatObeysTheContract() {
        assertThat(new SentRun().check()).isEmpty();
    }

    @Test
    void findsNothingInARunInProgress() {
        SentRun run = new SentRun();
        for (int i = 0; i < SentRun.CHUNKS; i++) {
            run.remove(SentRun.STEPS, 0);
        }
        run.manifest.setStatus(RunStatus.RUN_STATUS_RUNNING).clearLastStep();

        assertThat(run.check()).isEmpty();
    }

    /** The newest records of some chunks are there, those of others are on their way. */
    @Test
    void waitsForTheRestOfTheNewestStep() {
        SentRun run = new SentRun();
        while (run.updates.size() > 3 * SentRun.CHUNKS + 2) {
            run.remove(0, run.updates.size() - 1);
        }
        run.manifest.setStatus(RunStatus.RUN_STATUS_RUNNING).clearLastStep();
        assertThat(run.check()).isEmpty();

        while (run.updates.size() > 1) {
            run.remove(0, run.updates.size() - 1);
        }
        assertThat(run.check()).isEmpty();
    }

    /** The file of a run may be relayed as often as one likes, from its beginning, and when it has grown. */
    @Test
    void findsNothingInARunThatWasRelayedAgain() {
        SentRun whole = new SentRun();
        SentRun run = new SentRun();
        for (int i = 0; i < whole.updates.size(); i++) {
            run.add(whole.updates.get(i).clone(), whole.partitions.get(i));
        }
        assertThat(run.check()).isEmpty();

        SentRun grown = new SentRun();
        for (int i = 7; i > 0; i--) {
            grown.updates.add(0, whole.updates.get(i - 1).clone());
            grown.partitions.add(0, whole.partitions.get(i - 1));
        }
        assertThat(grown.check()).isEmpty();
    }

    /** What a diverging training sends is not the fault of its producer. */
    @Test
    void balancesTheStepsWhoseLossIsFinite() {
        SentRun run = new SentRun();
        run.all(3, objective -> objective.setLossEnd(Double.POSITIVE_INFINITY));
        assertThat(run.check()).isEmpty();

        run.all(2, objective -> objective.setLossStart(Double.NaN).setLossEnd(Double.NaN));
        run.all(3, objective -> objective.setLossStart(Double.NaN).setLossEnd(Double.NaN));
        assertThat(run.check()).isEmpty();
    }

    /** A run of days in which one chunk is always refused must not fill the memory. */
    @Test
    void keepsFewOfTheStepsThatNeverBecomeWhole() {
        Findings findings = new Findings();
        OpenSteps steps = new OpenSteps(findings, 0.01);
        SentRun run = new SentRun();
        UpdateAllocator allocator = new UpdateAllocator(Optional.empty());
        for (int step = 0; step < 3 * OpenSteps.MAX_OPEN; step++) {
            Update update = run.update(0, 0).setStep(step).build();
            steps.enter(new SentRecord(0, step, null, null), update, allocator.allocate(update, 0));
            assertThat(steps.open()).isLessThanOrEqualTo(OpenSteps.MAX_OPEN);
        }
        steps.end(run.update(0, 0).build(), new ChunkHistories(findings));

        assertThat(findings.list())
                .singleElement()
                .extracting(Finding::rule)
                .asString()
                .contains("Found: " + 2 * OpenSteps.MAX_OPEN + " steps with some chunks only, [0, 1, 2, 3, 4]");
    }

    @Test
    void multipliesAShapeThatNeedsAllBitsOfItsNumbers() {
        SentRun run = new SentRun();
        run.manifest.getLayersBuilder(0).getTensorsBuilder(0).setShape(0, (int) 3_000_000_000L);

        assertThat(run.check())
                .extracting(Finding::rule)
                .containsExactly("manifest.shape of tensor 0 (parameters): must be as sent, 4. Found: 6000000000");
    }

    @Test
    void countsHowOftenARuleIsBroken() {
        SentRun run = new SentRun();
        for (int step = 0; step < SentRun.STEPS; step++) {
            run.all(step, objective -> objective.getAllocatedBuilder().clearCoarseSums());
        }

        assertThat(run.check())
                .singleElement()
                .hasToString("allocated.coarse_sums: must say whether there are coarse sums. Found: not set"
                        + " (partition 0, offset 0; 12 times)");
    }

    /** Kafka's own test of its hash: murmur2 of "21" is -973932308. */
    @Test
    void namesAManifestInAnotherPartitionThanJavaWouldChoose() {
        RunCheck right = new RunCheck(0.01);
        right.enterManifest("21", (-973932308 & Integer.MAX_VALUE) % 6, 6);
        assertThat(right.end(Optional.empty())).extracting(Finding::place).containsExactly("the run");

        RunCheck wrong = new RunCheck(0.01);
        wrong.enterManifest("21", ((-973932308 & Integer.MAX_VALUE) + 1) % 6, 6);
        assertThat(wrong.end(Optional.empty()).get(0).rule())
                .startsWith("manifest: must be in the partition that murmur2 gives");
    }

    @Test
    void saysThatThereIsNothingToCheck() {
        assertThat(new RunCheck(0.01).end(Optional.empty()))
                .singleElement()
                .hasToString("update: a run must have records. Found: none that can be booked (the run)");
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "update.session: must be a random number other than 0",
                        run -> run.update(1, 0).clearSession()),
                fault(
                        "update.session: must be the same in all records of a run, 7. Found: 8",
                        run -> run.update(1, 0).setSession(8)),
                fault(
                        "update.first_step: must be the same in all records of a run, 0. Found: 1",
                        run -> run.update(1, 0).setFirstStep(1)),
                fault(
                        "update.chunks_in_step: must be the same in all records of a run, 3. Found: 4",
                        run -> run.update(3, 2).setChunksInStep(4)),
                fault(
                        "update.tensor: must be the same in all records of a chunk, 0. Found: 9",
                        run -> run.update(1, 1).setTensor(9)),
                fault(
                        "partition: must be the same in all records of a chunk, 0. Found: 5",
                        run -> run.partitions.set(3, 5)),
                fault(
                        "tensor_chunk.offset: must be the same in all records of a chunk, 2. Found: 0",
                        run -> run.tensor(1, 1).clearOffset()),
                fault(
                        "tensor_chunk.tensor_name: must be the same in all records of a chunk, W. Found: V",
                        run -> run.tensor(1, 0).setTensorName("V")),
                fault("tensor_chunk.role: must be set", run -> run.tensor(1, 0).clearRole()),
                fault(
                        "tensor_chunk.offset: chunks of a tensor must follow each other, the next one at 2. Found: 4",
                        run -> {
                            for (int step = 0; step < SentRun.STEPS; step++) {
                                run.tensor(step, 1).setOffset(4);
                            }
                        }),
                fault(
                        "update.step: segments of a chunk must follow each other, the next one beginning at step 2",
                        run -> run.update(2, 0).setStepsCovered(2)),
                fault(
                        "update.finished: must be the last record of its chunk. Found: another of step 4",
                        run -> run.add(run.update(4, 0).clone(), 0)),
                fault("update.finished: must end every chunk. Found: 1 of 3 without it", run -> run.remove(4, 2)),
                fault(
                        "update.finished: must carry the step after the last one trained, at least 4. Found: 2",
                        run -> run.update(4, 1).setStep(2)),
                fault(
                        "step: every chunk of a step must be sent. Found: 1 steps with some chunks only, [2]",
                        run -> run.remove(2, 1)),
                fault(
                        "update.facts: must be the same in all chunks of a step. Found: others at step 1",
                        run -> run.update(1, 2).getFactsBuilder().setExamples(3)),
                fault("update.facts.time: must be set in at least one chunk", run -> {
                    for (int chunk = 0; chunk < SentRun.CHUNKS; chunk++) {
                        run.update(3, chunk).clearFacts();
                    }
                }),
                fault("update.facts.time: must not go back. Found: earlier than at step 1", run -> {
                    for (int chunk = 0; chunk < SentRun.CHUNKS; chunk++) {
                        run.update(2, chunk).getFactsBuilder().getTimeBuilder().setSeconds(1);
                    }
                }),
                fault(
                        "must state the same objectives, losses and steps covered",
                        run -> run.objective(1, 2).setLossEnd(3)),
                fault("every chunk must have a sampling error, or none", run -> {
                    run.objective(1, 2).getAllocatedBuilder().setSamplingError(0.5);
                }),
                fault(
                        "objective: only a sampled objective has a sampling error",
                        run -> run.all(
                                1, objective -> objective.getAllocatedBuilder().setSamplingError(0.5))),
                fault("objective.kind: must be set", run -> run.all(1, objective -> objective.clearKind())),
                fault("objective.weight: must be above 0", run -> run.all(1, objective -> objective.setWeight(0))),
                fault(
                        "objectives: must be the same in all steps, [train, train/gradient, train/momentum]",
                        run -> run.all(3, objective -> objective.setName("other"))),
                fault(
                        "objective.loss_start: a fixed objective must start where it ended at the step before, 92.0",
                        run -> run.all(
                                1, objective -> objective.setLossStart(93).setLossEnd(85))),
                fault(
                        "balance: the LCA must add up to the loss change within 1.0 % of what moved. Found: loss change -40.0",
                        run -> {
                            for (int step = 0; step < SentRun.STEPS; step++) {
                                int number = step;
                                run.all(
                                        step,
                                        o -> o.setLossStart(100 - 10 * number).setLossEnd(90 - 10 * number));
                            }
                        }),
                fault("parts: their LCA must add up to that of the whole update, -8.0. Found: -7.0", run -> {
                    var part = run.objective(1, 0).getAllocatedBuilder().getPartsBuilder(1);
                    part.setSums(run.objective(1, 0).getAllocated().getParts(0).getSums())
                            .setUnitLcaFloat(0, -0.5f);
                }),
                fault(
                        "allocated.sums.lca: must be help + harm, -2.0. Found: 2.0",
                        run -> run.sums(1, 0).setLca(2)),
                fault(
                        "allocated.sums.lca: must not be finite if that of a parameter is not. Found: -2.0",
                        run -> run.sums(1, 0).setHelped(1).setNonfinite(1)),
                fault(
                        "allocated.sums.help: must be below 0 if parameters helped, else 0. Found: 2.0",
                        run -> run.sums(1, 0).setHelp(2)),
                fault(
                        "allocated.sums.harm: must be above 0 if parameters hurt, else 0. Found: 1.0 of 0",
                        run -> run.sums(1, 0).setHarm(1)),
                fault(
                        "allocated.sums.largest_help: must be from help to 0. Found: 1.0",
                        run -> run.sums(1, 0).setLargestHelp(1)),
                fault(
                        "allocated.sums.largest_harm: must be from 0 to harm. Found: 1.0",
                        run -> run.sums(1, 0).setLargestHarm(1)),
                fault(
                        "allocated.sums.sum_of_squares: must be from",
                        run -> run.sums(1, 0).setSumOfSquares(-1)),
                fault(
                        "allocated.sums.absolute_estimate: must be at least |lca - coarse_lca|, 3.0. Found: 0.0",
                        run -> run.sums(1, 0).setCoarseLca(1)),
                fault(
                        "allocated.sums.gradient_squares: |lca| must be at most the product of both norms",
                        run -> run.sums(1, 0).setGradientSquares(0.1)),
                fault(
                        "allocated.unit_lca: must add up to lca, -2.0. Found: -7.0",
                        run -> run.objective(1, 0).getAllocatedBuilder().setUnitLca(0, -7)),
                fault("manifest.session: must be as sent, 7. Found: 0", run -> run.manifest.clearSession()),
                fault("manifest.first_step: must be as sent, 0. Found: 2", run -> run.manifest.setFirstStep(2)),
                fault(
                        "manifest.layers (number of tensors): must be as sent, 2. Found: 1",
                        run -> run.manifest.getLayersBuilder(0).removeTensors(1)),
                fault(
                        "manifest.tensor_name of tensor 1: must be as sent, b. Found: c",
                        run -> run.manifest
                                .getLayersBuilder(0)
                                .getTensorsBuilder(1)
                                .setTensorName("c")),
                fault(
                        "manifest.layer of tensor 0: must be as sent, fc. Found: conv",
                        run -> run.manifest.getLayersBuilder(0).setLayer("conv")),
                fault(
                        "manifest.shape of tensor 0 (parameters): must be as sent, 4. Found: 6",
                        run -> run.manifest
                                .getLayersBuilder(0)
                                .getTensorsBuilder(0)
                                .setShape(0, 3)),
                fault("manifest.parameters: must be as sent, 6.0. Found: 7.0", run -> run.manifest.setParameters(7)),
                fault(
                        "manifest.objectives: must be as sent",
                        run -> run.manifest.getObjectivesBuilder(0).setWeight(2)),
                fault(
                        "manifest.status: must say how the run has ended",
                        run -> run.manifest.setStatus(RunStatus.RUN_STATUS_RUNNING)),
                fault("manifest.last_step: must be as sent, 3. Found: 2", run -> run.manifest.setLastStep(2)),
                fault("manifest.skipped_steps: must count the steps that no segment covers, 1. Found: 0", run -> {
                    for (int chunk = 0; chunk < SentRun.CHUNKS; chunk++) {
                        run.remove(1, 0);
                    }
                }));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void namesThePlantedFault(String rule, Consumer<SentRun> fault) {
        SentRun run = new SentRun();
        fault.accept(run);

        assertThat(run.check()).extracting(Finding::rule).anyMatch(found -> found.contains(rule));
    }

    /** A good checker does not bury the fault under others that follow from it. */
    @ParameterizedTest
    @MethodSource("faults")
    void namesFewRulesForOneFault(String rule, Consumer<SentRun> fault) {
        SentRun run = new SentRun();
        fault.accept(run);

        assertThat(run.check()).hasSizeLessThanOrEqualTo(4);
    }

    private static Arguments fault(String rule, Consumer<SentRun> fault) {
        return Arguments.of(rule, fault);
    }
}
