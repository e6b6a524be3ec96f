package io.lossledger.standalone.broker;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Whether the disk of a folder has room for what is written next. Stateless. */
public final class DiskRoom {
    /** What a command needs to start. */
    public static final long START_BYTES = 256L << 20;

    /** Room to end a run in an orderly way: what was sent is written, booked and committed. */
    public static final long END_BYTES = 128L << 20;

    /** Kafka and RocksDB fail some bytes before the disk is full. */
    private static final long FULL_BYTES = 4L << 20;

    private static final String TO_DO = "; free some space, or choose another folder";
    private static final List<String> SYSTEM_MESSAGES =
            List.of("No space left on device", "Disk quota exceeded", "File too large");

    private DiskRoom() {}

    /**
     * What is wrong and what to do, when the disk has less room than this.
     *
     * @param option the option that names the folder
     * @param folder need not exist yet
     */
    public static Optional<String> shortage(String option, Path folder, long least) {
        return free(folder) >= least ? Optional.empty() : Optional.of(text(option, folder, least));
    }

    /** The same when nothing more can be written. */
    public static Optional<String> full(String option, Path folder) {
        return shortage(option, folder, FULL_BYTES);
    }

    /**
     * The same when a failure is due to a full disk, a quota or a limit of file sizes. Kafka and RocksDB pass on the system's message, and
     * nothing else that could be recognised.
     */
    public static Optional<String> full(String option, Path folder, Throwable failure) {
        for (Throwable cause : ExceptionUtils.getThrowableList(failure)) {
            String message = String.valueOf(cause.getMessage());
            for (String known : SYSTEM_MESSAGES) {
                if (message.contains(known)) {
                    return Optional.of(option + ": must be on a disk with room. Found: "
                            + folder.toAbsolutePath().normalize() + " (" + known + ")" + TO_DO);
                }
            }
        }
        return full(option, folder);
    }

    /** Free space as a text, such as {@code 3.5 GiB}. */
    public static String freeText(Path folder) {
        return gibibytes(free(folder));
    }

    /** Bytes as a text, such as {@code 3.5 GiB}. */
    public static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    private static String text(String option, Path folder, long least) {
        return option + ": must be on a disk with " + mebibytes(least) + " free. Found: "
                + folder.toAbsolutePath().normalize() + " with " + mebibytes(free(folder))
                + TO_DO;
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private static long free(Path folder) {
        File existing = folder.toAbsolutePath().toFile();
        while (!existing.exists() && existing.getParentFile() != null) {
            existing = existing.getParentFile();
        }
        return existing.getUsableSpace();
    }
}
