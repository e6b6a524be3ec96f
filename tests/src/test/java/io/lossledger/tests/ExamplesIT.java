package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RunManifests;
import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowKind;
import io.lossledger.protocol.v1.WindowRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples as a user runs them: the Java ones in JVMs of their own, with no jar but their own and what their pom asks for. */
class ExamplesIT extends OutsideReaders {
    private static final Path JAR = ROOT.resolve("examples/own-training/target/app/own-training-0.1.0-SNAPSHOT.jar");

    @TempDir
    static Path directory;

    private static RunningLedger ledger;

    @BeforeAll
    static void trainTheExample() throws Exception {
        ledger = RunningLedger.start(directory);
        String output = train(ledger.bootstrapServers(), RUN);
        assertThat(output).isEqualToIgnoringNewLines("booked " + STEPS + " steps of run example, skipped 0");
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Override
    RunningLedger ledger() {
        return ledger;
    }

    @Test
    void booksEveryStep() throws Exception {
        WindowRow closing = ledger.closing(RUN);
        List<Integer> all = IntStream.range(0, STEPS).boxed().toList();

        assertThat(closing.getOutcome()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(closing.getSteps()).isEqualTo(STEPS);
        assertThat(closing.getMissingSteps()).isZero();
        for (String objective : List.of("train", "validation", "sampled")) {
            assertThat(ledger.rows(LedgerTopic.STEP, RUN, StepRow.class))
                    .filteredOn(row -> row.getObjective().equals(objective))
                    .extracting(StepRow::getStep)
                    .containsExactlyElementsOf(all);
        }
    }

    @Test
    void balancesEveryObjective() throws Exception {
        ledger.closing(RUN);
        List<WindowRow> balances = ledger.rows(LedgerTopic.WINDOW, RUN, WindowRow.class).stream()
                .filter(row -> row.getKind() == WindowKind.WINDOW_KIND_RUN)
                .filter(row -> row.getLayer().isEmpty())
                .toList();

        assertThat(balances).extracting(WindowRow::getObjective).containsExactly("train", "validation", "sampled");
        for (WindowRow balance : balances) {
            double relative = Math.abs(balance.getResidual() / balance.getLossChange());
            System.out.printf(
                    Locale.ROOT,
                    "example: %-10s loss change %.4f residual %.2e relative %.2e%n",
                    balance.getObjective(),
                    balance.getLossChange(),
                    balance.getResidual(),
                    relative);
            assertThat(balance.getLossChange()).isLessThan(-0.5);
            assertThat(relative).as(balance.getObjective()).isLessThan(0.01);
        }
    }

    @Test
    void namesLayersAsTheCodeDoes() throws Exception {
        ledger.closing(RUN);

        assertThat(ledger.rows(LedgerTopic.LAYER, RUN, LayerRow.class))
                .hasSize(3 * LAYERS.size() * STEPS)
                .extracting(LayerRow::getLayer)
                .startsWith(LAYERS.toArray(String[]::new))
                .containsOnly(LAYERS.toArray(String[]::new));
    }

    @Test
    void tellsInTheManifestWhatWasTrained() {
        RunManifest manifest = Objects.requireNonNull(
                RunManifests.read(Map.of("bootstrap.servers", ledger.bootstrapServers()), "lossledger.")
                        .get(RUN));

        assertThat(manifest.getStatus()).isEqualTo(RunStatus.RUN_STATUS_FINISHED);
        assertThat(manifest.getLastStep()).isEqualTo(STEPS - 1);
        assertThat(manifest.getModel()).isEqualTo("waves-lstm");
        assertThat(manifest.getDataSet()).isEqualTo("generated-waves");
        assertThat(manifest.getOptimizer()).isEqualTo("adam");
        assertThat(manifest.getBatchSize()).isEqualTo(32);
        assertThat(manifest.getSeed()).isEqualTo(42);
        assertThat(manifest.getRule()).isEqualTo("simpson-2");
        assertThat(manifest.getVersionsMap()).containsKeys("java", "dl4j");
        assertThat(manifest.getLayersList()).extracting(LayerManifest::getLayer).containsExactlyElementsOf(LAYERS);
        assertThat(manifest.getLayersList()).extracting(LayerManifest::getUnits).containsExactly(12, 8, 3);
        // An LSTM of 12 cells on 1 input, then 12-8-3.
        assertThat(manifest.getParameters()).isEqualTo(4 * 12 * (1 + 12 + 1) + 8 * 13 + 3 * 9);
        assertThat(manifest.getObjectivesList())
                .extracting(ObjectiveManifest::getKind)
                .containsExactly(
                        ObjectiveKind.OBJECTIVE_KIND_FIXED,
                        ObjectiveKind.OBJECTIVE_KIND_FIXED,
                        ObjectiveKind.OBJECTIVE_KIND_SAMPLED);
        assertThat(manifest.getObjectives(0).getExamples()).isEqualTo(320);
        assertThat(manifest.getObjectives(1).getExamples()).isEqualTo(80);
        assertThat(manifest.getObjectives(2).getSampleExamples()).isEqualTo(64);
    }

    /** A user inherits none of the versions that this project manages; DL4J asks for a Gson with a known vulnerability. */
    @Test
    void bringsTheGsonOfThisProject() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            String libraries = jar.getManifest().getMainAttributes().getValue("Class-Path");
            assertThat(libraries.split(" "))
                    .filteredOn(library -> library.startsWith("gson-"))
                    .singleElement()
                    .isNotEqualTo("gson-2.8.0.jar");
        }
    }

    private static String train(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        try (UserProgram example = UserProgram.of(command.toArray(String[]::new))) {
            assertThat(example.exitCode()).as(example.errors()).isZero();
            assertThat(example.errors()).isEmpty();
            return example.output();
        }
    }
}
