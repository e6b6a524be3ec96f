package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.producer.train.Optimizer;
import io.lossledger.producer.train.TrainSettings;
import io.lossledger.producer.train.Trainer;
import io.lossledger.protocol.v1.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                String result = run(List.of(
                        PYTHON, "src/test/python/recompute.py", ledger.bootstrapServers(), run, generated.toString()));
                System.out.println("numpy: " + type + " " + result.strip());
                assertThat(result).contains("\"layer_rows\": " + 3 * STEPS, "\"layers\": " + 3 * STEPS);
            }
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        try (UserProgram program = UserProgram.of(command.toArray(String[]::new))) {
            assertThat(program.exitCode())
                    .as(program.output() + program.errors())
                    .isZero();
            return program.output();
        }
    }
}
