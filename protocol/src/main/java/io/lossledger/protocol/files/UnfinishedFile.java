package io.lossledger.protocol.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file or folder that gets its name only when it is complete and on disk. Until then it is in a folder next to its
 * target, which has a random name and is locked by its writer. Deletes what dead writers have left there. Replaces
 * regular files, and folders that contain only expected members. Not thread-safe.
 */
public final class UnfinishedFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final Pattern NO_FOLDER = Pattern.compile("(?!)");

    private final Path target;
    private final boolean replace;
    private final Pattern members;
    private final PartFolder part;

    private UnfinishedFile(Path target, boolean replace, Pattern members, PartFolder part) {
        this.target = target;
        this.replace = replace;
        this.members = members;
        this.part = part;
    }

    /**
     * Begins a file, and creates its parent folders.
     *
     * @param replace whether an existing regular file is replaced
     * @throws FileAlreadyExistsException when it exists and {@code replace} is false
     * @throws IOException when the place is not writable, or is not a regular file
     */
    public static UnfinishedFile begin(Path target, boolean replace) throws IOException {
        return begin(target, replace, NO_FOLDER);
    }

    /**
     * Begins a file or folder.
     *
     * @param members names of regular files; a folder that contains no others is also replaced
     */
    public static UnfinishedFile begin(Path target, boolean replace, Pattern members) throws IOException {
        Path place = target.toAbsolutePath().normalize();
        Path folder = place.getParent();
        if (folder == null) {
            throw new FileAlreadyExistsException(target.toString());
        }
        requireFree(place, replace, members);
        Files.createDirectories(folder);
        PartFolder.deleteLeftOver(folder);
        return new UnfinishedFile(place, replace, members, PartFolder.make(folder));
    }

    /** The path to write to, which does not exist yet. The writer may also use names that begin with it. */
    public Path path() {
        return part.content();
    }

    /** Creates it as a file and opens a stream to it. */
    public OutputStream newOutputStream() throws IOException {
        return new BufferedOutputStream(
                Files.newOutputStream(path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES);
    }

    /**
     * Gives it its name; must be called after it is written and closed.
     *
     * @throws IOException when the disk fails, or the name has been taken in the meantime
     */
    public void finish() throws IOException {
        DiskSync.tree(path());
        requireFree(target, replace, members);
        if (Files.isDirectory(target) || (Files.isDirectory(path()) && Files.exists(target))) {
            exchange();
        } else {
            Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
        }
        DiskSync.entry(target);
    }

    /** Deletes the unfinished file. */
    @Override
    public void close() throws IOException {
        part.close();
    }

    /** A folder cannot be moved onto another atomically. */
    private void exchange() throws IOException {
        Path old = part.replaced();
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
    }

    /** A folder with any other content belongs to someone else. */
    private static void requireFree(Path target, boolean replace, Pattern members) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!replace) {
            throw new FileAlreadyExistsException(target.toString());
        }
        boolean ours = Files.isRegularFile(target);
        if (Files.isDirectory(target) && members != NO_FOLDER) {
            try (Stream<Path> files = Files.list(target)) {
                ours = files.allMatch(file -> Files.isRegularFile(file)
                        && members.matcher(file.getFileName().toString()).matches());
            }
        }
        if (!ours) {
            throw new IOException(
                    members == NO_FOLDER
                            ? "it is not a regular file, and is not replaced"
                            : "it is neither a regular file nor a folder of tables, and is not replaced");
        }
    }
}
