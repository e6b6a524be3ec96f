package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** Images that tests need: LossLedger's own, and stand-ins for those that cannot be pulled, built while the first tests run. */
final class DockerImages {
    static final boolean STAND_INS = Boolean.getBoolean("lossledger.stand-ins");

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BASE = Pattern.compile("(?m)^FROM (\\S+)");
    private static final String APP = "lossledger/app";
    private static final long PATIENCE_MINUTES = 15;

    private DockerImages() {}

    /** Waits for an image if it is a stand-in. */
    static void await(String image) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (STAND_INS && !OutsideTools.runs("docker", "image", "inspect", image)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("lossledger.stand-ins: must be built within " + PATIENCE_MINUTES
                        + " minutes (tests/docker). Found: no " + image);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    /**
     * Builds the image as anyone does, from the root's Dockerfile and folder; what has been built before is there at once.
     *
     * @return its name
     */
    static String app() throws IOException, InterruptedException {
        for (String base : bases()) {
            await(base);
        }
        // Another JVM of these tests would build the same beside this one.
        Path lock = Path.of(System.getProperty("java.io.tmpdir"), "lossledger-app-image.lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = file.lock();
                UserProgram build = new UserProgram(
                        new ProcessBuilder("docker", "build", "-t", APP, ".").directory(ROOT.toFile()))) {
            assertThat(held.isValid()).isTrue();
            int exitCode = build.exitCode(TimeUnit.MINUTES.toSeconds(PATIENCE_MINUTES));
            assertThat(exitCode).as(build.output() + build.errors()).isZero();
        }
        return APP;
    }

    private static List<String> bases() throws IOException {
        return BASE.matcher(Files.readString(ROOT.resolve("Dockerfile")))
                .results()
                .map(from -> from.group(1))
                .toList();
    }
}
