package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmarks of the processor and of the evaluation run and print their tables; what they measure is not asserted. */
class BenchIT {
    @Test
    void comparesThroughput() throws Exception {
        assertThat(table("throughput", "--mib", 4, "--rounds", 1))
                .hasSize(4)
                .last()
                .asString()
                .matches("\\| 256 KiB (\\| \\d+ MiB/s ){3}(\\| \\d+\\.\\d\\d ){3}\\|");
    }

    @Test
    void measuresLatency() throws Exception {
        assertThat(table("latency", "--steps", 20, "--rate", 50, "--warm-up", 1))
                .hasSize(4)
                .last()
                .asString()
                .matches("\\| 10 (\\| \\d+ ms ){3}\\|");
    }

    @Test
    void measuresMemory() throws Exception {
        assertThat(table("memory", "--steps", 50))
                .hasSize(12)
                .last()
                .asString()
                .matches("\\| 50 \\| \\d+ MiB \\| \\d+\\.\\d MiB \\|");
    }

    @Test
    void measuresReplay() throws Exception {
        assertThat(table("replay", "--mib", 4, "--rounds", 1, "--chunk-kib", 256))
                .hasSize(3)
                .last()
                .asString()
                .matches(
                        "\\| 256 KiB \\| \\d+ MiB/s (\\| \\d+ MiB/s (\\| \\d+\\.\\d\\d ){3}){2}\\| \\d+ \\| \\d+\\.\\d \\|");
    }

    @Test
    void measuresCost() throws Exception {
        List<String> lines = table("cost", "--steps", 5, "--rounds", 1, "--objective", "sampled");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(2)).matches("\\| none (\\| \\d+\\.\\d ms )(\\| 1\\.00 ){3}\\| 0\\.0 \\| \\| \\| \\|");
        assertThat(lines.get(4))
                .matches(
                        "\\| sampled, sums \\| \\d+\\.\\d ms (\\| \\d+\\.\\d\\d ){3}\\| \\d\\.\\d (\\| \\d+\\.\\d % ){3}\\|");
    }

    @Test
    void comparesWorkers() throws Exception {
        List<String> lines = table("measure", "--steps", 48, "--objective-size", 500, "--rounds", 1);
        assertThat(lines).hasSize(11);
        assertThat(lines.get(4)).matches("\\| 2, by 1 (\\| \\d+\\.\\d\\d ){3}\\|");
        assertThat(lines.get(8)).matches("\\| trajectory \\| 3\\d\\d,\\d{3} \\|");
        assertThat(lines.get(9)).matches("\\| update, vectors \\| 1,3\\d\\d,\\d{3} \\|");
        assertThat(lines.get(10)).matches("\\| update, sums \\| \\d,\\d{3} \\|");
    }

    @Test
    void measuresEvaluation() throws Exception {
        assertThat(table("evaluation", "--network", "mnist-lenet", "--examples", 20, "--rounds", 1, "--float64"))
                .hasSize(3)
                .last()
                .asString()
                .matches("\\| mnist-lenet \\| 20 \\| float64 \\| \\d+ \\| blas \\| \\d+\\.\\d{3} s \\| [\\d,]+"
                        + " \\| \\d+\\.\\d{3} s \\| \\d+\\.\\d\\d \\|");
    }

    @Test
    void namesAnOptionThatIsTooSmall() throws Exception {
        try (LedgerCommand bench = LedgerCommand.run("bench", "memory", "--steps", 0)) {
            assertThat(bench.exitCode()).isEqualTo(2);
            assertThat(bench.errors()).isEqualToIgnoringNewLines("lossledger: --steps: must be at least 1. Found: 0");
        }
    }

    private static List<String> table(Object... arguments) throws Exception {
        Object[] command = new Object[arguments.length + 1];
        command[0] = "bench";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try (LedgerCommand bench = LedgerCommand.run(command)) {
            assertThat(bench.exitCode()).as(bench.output() + bench.errors()).isZero();
            return bench.lines();
        }
    }
}
