package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.Update;
import io.lossledger.trainer.Optimizer;
import io.lossledger.trainer.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who reads the ledger from outside, held against its rows: the examples as a user runs them, the commands of the README, and an oracle
 * in numpy. They read the run of the example project.
 */
abstract class OutsideReaders {
    static final Path ROOT = Path.of("..");
    static final String RUN = "example";
    /** Five epochs of ten minibatches. */
    static final int STEPS = 50;

    static final List<String> LAYERS = List.of("memory", "shape", "decision");

    private static final Path CONSUMERS = ROOT.resolve("examples/consumers");
    private static final String PYTHON = System.getProperty("lossledger.python", "/usr/bin/python3");

    /** Has the run. */
    abstract RunningLedger ledger();

    @Test
    void theCommandsOfTheReadmeShowTheBooks() throws Exception {
        OutsideTools.require("kcat", "-V");
        OutsideTools.require("jq", "--version");
        OutsideTools.require("protoc", "--version");
        ledger().closing(RUN);
        sendAnUpdateWithoutABody();
        Map<String, List<String>> shown = new HashMap<>();
        for (var command :
                ReadmeCommands.byTopic(ROOT.resolve("protocol/README.md")).entrySet()) {
            String script = command.getValue()
                    .replace("localhost:9092", ledger().bootstrapServers())
                    .replace("my-run", RUN);
            try (UserProgram shell = UserProgram.runIn(ROOT, "bash", "-c", "set -o pipefail\n" + script)) {
                assertThat(shell.exitCode()).as(script + shell.errors()).isZero();
                assertThat(shell.errors()).as(script).isEmpty();
                shown.put(command.getKey(), shell.lines());
            }
        }

        List<LayerRow> layers = ledger().rows(LedgerTopic.LAYER, RUN, LayerRow.class);
        assertThat(shown.get("lossledger.layer")).hasSameSizeAs(layers);
        for (int i = 0; i < layers.size(); i++) {
            LayerRow row = layers.get(i);
            String[] columns = shown.get("lossledger.layer").get(i).split("\t", -1);
            assertThat(columns).startsWith(Integer.toString(row.getStep()), row.getLayer());
            assertThat(Double.parseDouble(columns[2])).isEqualTo(row.getLca());
            assertThat(Double.parseDouble(columns[3])).isEqualTo(row.getHelpedShare());
        }
        assertThat(shown.get("lossledger.step")).hasSize((int)
                ledger().rows(LedgerTopic.STEP, RUN, StepRow.class).stream()
                        .filter(row -> Math.abs(row.getResidual()) > 0.01 * Math.abs(row.getLossChange()))
                        .count());
        assertThat(shown.get("lossledger.window"))
                .filteredOn(line -> line.startsWith(RUN + "\t"))
                .hasSize(3 * LAYERS.size())
                .isSortedAccordingTo(Comparator.comparingDouble(line -> Double.parseDouble(line.split("\t", -1)[3])));
        assertThat(shown.get("lossledger.rejected"))
                .singleElement()
                .asString()
                .startsWith("bad lossledger.reason=update.chunks_in_step: must be");
        assertThat(shown.get("lossledger.update")).first().asString().startsWith("run: \"");
        assertThat(shown).hasSize(5);
    }

    @Test
    void theTableOfLayersHoldsTheBooks() throws Exception {
        OutsideTools.require(PYTHON, "-c", "import confluent_kafka");
        ledger().closing(RUN);
        List<String> table;
        try (UserProgram layers = python("layers.py", RUN, "--bootstrap-server", ledger().bootstrapServers())) {
            assertThat(layers.exitCode()).as(layers.errors()).isZero();
            table = layers.lines();
            assertShowsTheBooks(table);
        }
        try (UserProgram layers =
                python("layers.py", RUN, "--bootstrap-server", ledger().bootstrapServers(), "--follow")) {
            layers.awaitOutput(String.join("\n", table));
            assertThat(layers.interrupt()).isEqualTo(130);
            assertThat(layers.errors()).isEmpty();
        }
        try (UserProgram layers = python("layers.py", "nobody", "--bootstrap-server", ledger().bootstrapServers())) {
            assertThat(layers.exitCode()).isEqualTo(2);
            assertThat(layers.errors())
                    .isEqualToIgnoringNewLines(
                            "layers.py: RUN: must have rows of objective train. Found: none of nobody");
        }
    }

    private void assertShowsTheBooks(List<String> table) throws Exception {
        List<LayerRow> rows = ledger().rows(LedgerTopic.LAYER, RUN, LayerRow.class).stream()
                .filter(row -> row.getObjective().equals("train"))
                .toList();
        assertThat(table).hasSize(2 + LAYERS.size() + 1);
        for (int i = 0; i < LAYERS.size(); i++) {
            String layer = LAYERS.get(i);
            List<LayerRow> own =
                    rows.stream().filter(row -> row.getLayer().equals(layer)).toList();
            assertThat(table.get(2 + i).split(" +", -1))
                    .containsExactly(
                            layer,
                            Integer.toString(STEPS),
                            signed(own.get(STEPS - 1).getCumulativeLca()),
                            signed(own.stream().mapToDouble(LayerRow::getHelp).sum()),
                            signed(own.stream().mapToDouble(LayerRow::getHarm).sum()),
                            Long.toString(
                                    own.stream().filter(row -> row.getLca() > 0).count()));
        }
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.6f", value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "sampled"})
    void numpyComputesTheRowsFromTheUpdates(String objective) throws Exception {
        OutsideTools.require(PYTHON, "-c", "import confluent_kafka, numpy, google.protobuf");
        OutsideTools.require("protoc", "--version");
        ledger().closing(RUN);
        try (UserProgram updates = python(
                "updates.py", RUN, "--bootstrap-server", ledger().bootstrapServers(), "--objective", objective)) {
            assertThat(updates.exitCode())
                    .as(updates.output() + updates.errors())
                    .isZero();
            List<String> table = updates.lines();
            assertThat(table).hasSize(2 + LAYERS.size());
            for (int i = 0; i < LAYERS.size(); i++) {
                String[] columns = table.get(2 + i).split(" +", -1);
                assertThat(columns).startsWith(LAYERS.get(i), Integer.toString(STEPS));
                double lca = Double.parseDouble(columns[3]);
                assertThat(Math.abs(lca)).isGreaterThan(1e-3);
                assertThat(Double.parseDouble(columns[2])).isCloseTo(lca, within(1e-11));
                assertThat(Double.parseDouble(columns[4])).isLessThan(1e-9);
            }
        }
    }

    /** Every layer and unit, to what help is spread over. */
    @ParameterizedTest
    @EnumSource(names = {"ELEMENT_TYPE_FLOAT32", "ELEMENT_TYPE_FLOAT64"})
    void numpyComputesUnitsAndSpreadFromTheUpdates(ElementType type, @TempDir Path generated) throws Exception {
        OutsideTools.require(PYTHON, "-c", "import confluent_kafka, numpy, google.protobuf");
        OutsideTools.require("protoc", "--version");
        Path proto = ROOT.resolve("protocol/src/main/proto");
        String update = proto.resolve("lossledger/v1/update.proto").toString();
        try (UserProgram protoc =
                UserProgram.of("protoc", "--proto_path=" + proto, "--python_out=" + generated, update)) {
            assertThat(protoc.exitCode()).as(protoc.errors()).isZero();
        }
        String run = "python-" + type;
        new Trainer(Trainings.of(run, 8, Optimizer.MOMENTUM, type, 500), ledger().publishing()).run(step -> {});
        ledger().closing(run);
        String server = ledger().bootstrapServers();
        Path arrays = generated.resolve(run + ".npz");
        long exported = ExportedRun.arrays(server, run, arrays);
        Path tables = generated.resolve(run + ".duckdb");
        ExportedRun.tables(server, run, tables);
        try (UserProgram oracle = UserProgram.of(
                PYTHON, "src/test/python/recompute.py", server, run, generated.toString(), arrays.toString())) {
            assertThat(oracle.exitCode()).as(oracle.output() + oracle.errors()).isZero();
            System.out.println("numpy: " + type + " " + oracle.output().strip());
            JsonObject found = JsonParser.parseString(oracle.output()).getAsJsonObject();
            assertThat(found.get("layer_rows").getAsInt()).isEqualTo(24);
            assertThat(found.get("layers").getAsInt()).isEqualTo(24);
            assertThat(found.get("raw").getAsLong()).isEqualTo(exported).isPositive();
            assertThat(found.get("arrays").getAsLong()).isEqualTo(exported);
            assertThat(ExportedRun.layers(tables)).hasSize(3).allSatisfy((layer, lca) -> {
                double numpy = found.getAsJsonObject("totals").get(layer).getAsDouble();
                assertThat(lca).isCloseTo(numpy, withinPercentage(1e-7));
                assertThat(lca).isCloseTo(ExportedRun.rows(server, run, layer), within(1e-12));
            });
        }
    }

    @Test
    void theServicesInJavaWarnOfLayersThatHurt() throws Exception {
        ledger().closing(RUN);
        List<String> expected = hurt(ledger().rows(LedgerTopic.LAYER, RUN, LayerRow.class));
        assertThat(expected).isNotEmpty();
        try (UserProgram service = java("HurtService", ledger().bootstrapServers(), "2");
                UserProgram followed = java("FollowedRun", ledger().bootstrapServers(), RUN, "2")) {
            for (UserProgram program : List.of(service, followed)) {
                program.awaitOutput(expected.get(expected.size() - 1));
                assertThat(program.interrupt()).isEqualTo(130);
                assertThat(program.errors()).isEmpty();
                assertThat(program.lines())
                        .zipSatisfy(
                                expected,
                                (line, start) -> assertThat(line)
                                        .startsWith(start)
                                        .matches(".*, by \\d\\.\\d+e[-+]\\d+ in 2 steps"));
            }
        }
    }

    /** The beginnings of the lines, for layers whose LCA is positive over two steps. */
    private static List<String> hurt(List<LayerRow> rows) {
        List<String> lines = new ArrayList<>();
        for (LayerRow row : rows) {
            double lca = rows.stream()
                    .filter(other -> other.getLayer().equals(row.getLayer())
                            && other.getObjective().equals(row.getObjective())
                            && other.getStep() / 2 == row.getStep() / 2)
                    .mapToDouble(LayerRow::getLca)
                    .sum();
            if (row.getStep() % 2 == 1 && lca > 0) {
                lines.add("run " + RUN + ", step " + row.getStep() + ": layer " + row.getLayer() + " hurts "
                        + row.getObjective() + ", ");
            }
        }
        return lines;
    }

    private void sendAnUpdateWithoutABody() throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", ledger().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            byte[] update = Update.newBuilder().setRun("bad").build().toByteArray();
            producer.send(new ProducerRecord<>("lossledger.update", "bad", update))
                    .get();
        }
        assertThat(ledger().rejected(1)).hasSize(1);
    }

    private static UserProgram python(String script, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PYTHON, CONSUMERS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return UserProgram.of(command.toArray(String[]::new));
    }

    private static UserProgram java(String service, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ROOT.resolve("examples/java-consumer/target/app/*").toString(),
                "com.example." + service));
        command.addAll(List.of(arguments));
        return UserProgram.of(command.toArray(String[]::new));
    }
}
