package io.lossledger.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Programs that some tests use as oracles. A test is skipped where one is missing, but fails where the environment variable
 * {@code LOSSLEDGER_REQUIRE_TOOLS} is {@code true}: a build that should have them must not turn green without.
 */
final class OutsideTools {
    private OutsideTools() {}

    /** Skips or fails the test unless the command runs and exits with 0. */
    static void require(String... command) throws InterruptedException {
        if (runs(command)) {
            return;
        }
        String text = String.join(" ", command);
        if (Boolean.parseBoolean(System.getenv("LOSSLEDGER_REQUIRE_TOOLS"))) {
            throw new AssertionError("LOSSLEDGER_REQUIRE_TOOLS is set, but this does not run: " + text);
        }
        assumeTrue(false, "needs: " + text);
    }

    /** Whether a command is there and exits with 0. */
    static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
