package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import io.lossledger.tests.Http.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docker-compose.yml} as people start it, but for Grafana, which nothing can stand in for. Skipped where Docker or Compose
 * is missing, but fails where {@code lossledger.docker.required} is {@code true}. With {@code lossledger.stand-ins} set to
 * {@code true} no image is pulled: local ones take their place.
 */
class ComposeIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String KAFKA_IMAGE = System.getProperty("lossledger.kafka.image", "apache/kafka:4.3.1");
    private static final long PATIENCE_MINUTES = DockerImages.STAND_INS ? 4 : 15;
    /** Those of LossLedger itself. */
    private static final int SERVICES = 5;

    private static List<String> compose = List.of();

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void findCompose() throws Exception {
        for (List<String> command : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
            if (compose.isEmpty() && runs(command, "version") && runs(List.of("docker"), "info")) {
                compose = command;
            }
        }
        if (compose.isEmpty() && Boolean.getBoolean("lossledger.docker.required")) {
            throw new AssertionError("lossledger.docker.required: Docker and Compose must be there. Found: none");
        }
        assumeTrue(!compose.isEmpty(), "needs Docker and Compose");
    }

    @Test
    void everyPortIsBoundToThisMachine() throws Exception {
        environment.put("COMPOSE_PROFILES", "training,cluster,workers");
        String config = run(compose, "config");
        assertThat(config).contains("grafana/grafana:", "kafka-3:", "trainer:");
        List<String> published = Files.readAllLines(ROOT.resolve("docker-compose.yml")).stream()
                .filter(line -> line.matches("\\s+- [^-].*:\\d+"))
                .toList();
        assertThat(published).hasSize(7).allMatch(line -> line.contains("- 127.0.0.1:"));
    }

    @Test
    void everyServiceOfLossLedgerIsBuiltFromTheDockerfile() throws Exception {
        environment.put("COMPOSE_PROFILES", "training,cluster");
        List<String> lines = run(compose, "config").lines().map(String::strip).toList();
        assertThat(lines.stream().filter(line -> line.startsWith("image: lossledger:")))
                .containsOnly("image: lossledger:0.1.0")
                .hasSize(SERVICES);
        assertThat(lines.stream().filter(line -> line.equals("context: " + ROOT)))
                .hasSize(SERVICES);
    }

    @Test
    void metricsOfProcessorTrainerAndEveryWorkerReachPrometheus() throws Exception {
        int prometheus = StablePort.find();
        environment.put("COMPOSE_PROFILES", "training");
        environment.put(
                "COMPOSE_PROJECT_NAME", "lossledger-" + ProcessHandle.current().pid());
        environment.put("PROMETHEUS_PORT", "" + prometheus);
        environment.put("KAFKA_PORT", "" + StablePort.find());
        environment.put("PROCESSOR_PORT", "" + StablePort.find());
        environment.put("LIVE_PORT", "" + StablePort.find());
        if (DockerImages.STAND_INS) {
            DockerImages.await(KAFKA_IMAGE);
            environment.put("KAFKA_IMAGE", KAFKA_IMAGE);
            environment.put("PROMETHEUS_IMAGE", "lossledger/prometheus");
            run(List.of("tests/docker/build-prometheus"), "lossledger/prometheus");
        }
        environment.put("LOSSLEDGER_IMAGE", DockerImages.app());
        try {
            run(compose, "up", "-d", "kafka", "processor", "trainer", "live", "prometheus");
            Http server = new Http(prometheus);
            for (String metric : List.of("lossledger_step", "lossledger_producer_steps_measured_total")) {
                server.await("/api/v1/query?query=max(" + metric + ")", answer -> value(answer) >= 2);
            }
            server.await("/api/v1/query?query=sum(up)", answer -> value(answer) == 2);
            environment.put("COMPOSE_PROFILES", "training,workers");
            run(compose, "up", "-d", "--scale", "worker=2", "recorder", "worker");
            server.await("/api/v1/query?query=sum(lossledger_worker_segments_total)", answer -> value(answer) >= 2);
            server.await("/api/v1/query?query=count(lossledger_worker_backlog_steps)", answer -> value(answer) == 2);
            assertThat(new Http(Integer.parseInt(environment.get("LIVE_PORT")))
                            .get("/")
                            .status())
                    .isEqualTo(200);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + run(compose, "logs", "--tail", "30"), e);
        } finally {
            run(compose, "down", "-v");
        }
    }

    private static double value(Answer answer) {
        JsonArray series = answer.json().getAsJsonObject("data").getAsJsonArray("result");
        return series.isEmpty()
                ? 0
                : series.get(0).getAsJsonObject().getAsJsonArray("value").get(1).getAsDouble();
    }

    private static boolean runs(List<String> command, String argument) throws InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.add(argument);
        return OutsideTools.runs(whole.toArray(String[]::new));
    }

    private String run(List<String> command, String... arguments) throws Exception {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(arguments));
        Path output = Files.createTempFile("compose", ".log");
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        assertThat(ended && process.exitValue() == 0).as(whole + "\n" + said).isTrue();
        return said;
    }
}
