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
 * A file or folder that gets its name when it is whole and on the disk: until then it lies in a folder beside its place, which has a
 * random name and is locked by its writer. What dead writers have left in that place is deleted. Replaces plain files, and
 * folders that hold nothing but what it was told. Not thread-safe.
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
     * Begins a file, and makes the folders that it is to lie in.
     *
     * @param replace whether a plain file that is there is replaced
     * @throws FileAlreadyExistsException when it exists and is not to be replaced
     * @throws IOException when nothing can be written there, or what is there is no plain file
     */
    public static UnfinishedFile begin(Path target, boolean replace) throws IOException {
        return begin(target, replace, NO_FOLDER);
    }

    /**
     * Begins a file or folder.
     *
     * @param members names of plain files; a folder that holds no others is replaced, too
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

    /** Where to write; nothing is there. Names that begin with it are the writer's, too. */
    public Path path() {
        return part.content();
    }

    /** Makes it a file that is written as a stream. */
    public OutputStream newOutputStream() throws IOException {
        return new BufferedOutputStream(
                Files.newOutputStream(path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES);
    }

    /**
     * Gives it its name; to be called when it is written and closed.
     *
     * @throws IOException when the disk does not take it, or something has got the name meanwhile
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

    /** Deletes what has no name yet. */
    @Override
    public void close() throws IOException {
        part.close();
    }

    /** A folder cannot be moved onto another in one go. */
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

    /** A folder that holds anything else is someone's. */
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
                            ? "what is there is no plain file, and is not replaced"
                            : "what is there is neither a plain file nor a folder of tables, and is not replaced");
        }
    }
}
