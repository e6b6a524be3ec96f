package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonParser;
import io.lossledger.producer.train.Optimizer;
import io.lossledger.producer.train.TrainSettings;
import io.lossledger.producer.train.Trainer;
import io.lossledger.protocol.v1.ElementType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second language as oracle: numpy recomputes every layer and unit from the raw topic. */
class PythonRecomputationIT {
    private static final String PYTHON = System.getProperty("lossledger.python", "/usr/bin/python3");
    private static final int STEPS = 8;

    @Test
    void agreesWithNumpy(@TempDir Path directory) throws Exception {
        OutsideTools.require(PYTHON, "-c", "import confluent_kafka, numpy, google.protobuf");
        OutsideTools.require("protoc", "--version");
        Path proto = Path.of("..", "protocol", "src", "main", "proto");
        Path generated = Files.createDirectory(directory.resolve("generated"));
        run(List.of(
                "protoc",
                "--proto_path=" + proto,
                "--python_out=" + generated,
                proto.resolve("lossledger/v1/update.proto").toString()));
        try (RunningLedger ledger = RunningLedger.start(directory.resolve("broker"))) {
            for (ElementType type : List.of(ElementType.ELEMENT_TYPE_FLOAT32, ElementType.ELEMENT_TYPE_FLOAT64)) {
                String run = "python-" + type;
                TrainSettings settings = Trainings.of(run, STEPS, Optimizer.MOMENTUM, type, 500);
                new Trainer(settings, ledger.publishing()).run(step -> {});
                ledger.closing(run);
                Path arrays = directory.resolve(run + ".npz");
                long exported = ExportedRun.arrays(ledger.bootstrapServers(), run, arrays);
                String result = run(List.of(
                        PYTHON,
                        "src/test/python/recompute.py",
                        ledger.bootstrapServers(),
                        run,
                        generated.toString(),
                        arrays.toString()));
                System.out.println("numpy: " + type + " " + result.strip());
                assertThat(result).contains("\"layer_rows\": " + 3 * STEPS, "\"layers\": " + 3 * STEPS);
                assertThat(result).contains("\"arrays\": " + exported, "\"raw\": " + exported);
                Path tables = directory.resolve(run + ".duckdb");
                ExportedRun.tables(ledger.bootstrapServers(), run, tables);
                assertThat(ExportedRun.layers(tables)).hasSize(3).allSatisfy((layer, lca) -> {
                    assertThat(lca).isCloseTo(numpy(result, layer), withinPercentage(1e-7));
                    assertThat(lca).isCloseTo(ExportedRun.rows(ledger.bootstrapServers(), run, layer), within(1e-12));
                });
            }
        }
    }

    /** What numpy says of a layer. */
    private static double numpy(String result, String layer) {
        return JsonParser.parseString(result)
                .getAsJsonObject()
                .getAsJsonObject("totals")
                .get(layer)
                .getAsDouble();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("lossledger", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(process.waitFor(3, TimeUnit.MINUTES))
                    .as("%s ended in time", command)
                    .isTrue();
            String text = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
