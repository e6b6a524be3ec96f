package io.lossledger.tests;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Images that are built while the tests run: stand-ins for those that cannot be pulled. */
final class DockerImages {
    static final boolean STAND_INS = Boolean.getBoolean("lossledger.stand-ins");
    private static final long PATIENCE_MINUTES = 10;

    private DockerImages() {}

    /** Waits for an image if it is a stand-in. */
    static void await(String image) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (STAND_INS && !OutsideTools.runs("docker", "image", "inspect", image)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("lossledger.stand-ins: must be built within " + PATIENCE_MINUTES
                        + " minutes (tests/docker/build-image). Found: no " + image);
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }
}
