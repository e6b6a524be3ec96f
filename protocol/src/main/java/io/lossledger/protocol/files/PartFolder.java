package io.lossledger.protocol.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one writer. Its lock file is locked while the writer is alive: the operating system releases it when
 * the process ends, for any reason and regardless of process ids. Where files cannot be locked there is no lock file,
 * and the folder is never deleted.
 */
final class PartFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartFolder.class);
    private static final Pattern NAME = Pattern.compile("\\.lossledger-[0-9a-f-]{36}\\.part");
    private static final String LOCK = "lock";
    /** Closing any channel of a file releases all locks of this process on it, so a process never tries its own. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final @Nullable FileChannel lock;

    private PartFolder(Path folder, @Nullable FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    static PartFolder make(Path parent) throws IOException {
        Path folder = parent.toRealPath().resolve(".lossledger-" + UUID.randomUUID() + ".part");
        OWN.add(folder);
        try {
            Files.createDirectory(folder);
            return new PartFolder(folder, lock(folder));
        } catch (IOException e) {
            delete(folder);
            OWN.remove(folder);
            throw e;
        }
    }

    /** Deletes the folders of dead writers. */
    static void deleteLeftOver(Path parent) throws IOException {
        List<Path> parts;
        try (Stream<Path> files = Files.list(parent.toRealPath())) {
            parts = files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
        for (Path part : parts) {
            if (!OWN.contains(part) && isLeftOver(part)) {
                try {
                    delete(part);
                } catch (IOException e) {
                    log.debug("{} stays: it belongs to another user, or is being deleted", part, e);
                }
            }
        }
    }

    Path content() {
        return folder.resolve("content");
    }

    /** The place for the file or folder that had the name before. */
    Path replaced() {
        return folder.resolve("replaced");
    }

    @Override
    public void close() throws IOException {
        try {
            if (lock != null) {
                lock.close(); // some file systems keep an open file, and with it the folder
            }
            delete(folder);
        } finally {
            OWN.remove(folder);
        }
    }

    /** The file gets its name once it is locked: before that, it could be mistaken for that of a dead writer. */
    private static @Nullable FileChannel lock(Path folder) throws IOException {
        Path starting = folder.resolve("starting");
        FileChannel channel = FileChannel.open(starting, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                Files.move(starting, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
                return channel;
            }
        } catch (IOException e) { // this file system does not support locks
            channel.close();
            return null;
        }
        channel.close();
        return null;
    }

    private static boolean isLeftOver(Path part) {
        try (FileChannel channel = FileChannel.open(part.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException e) {
            log.trace("{} was deleted by another process", root, e);
        } catch (UncheckedIOException e) { // of the walk
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
        }
    }
}
