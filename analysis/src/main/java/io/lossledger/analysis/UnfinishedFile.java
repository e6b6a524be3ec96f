package io.lossledger.analysis;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file or folder that gets its name when it is whole: until then it lies beside it under another. What was left behind under
 * that name is deleted. Not thread-safe.
 */
public final class UnfinishedFile implements AutoCloseable {
    private static final String ENDING = ".part";
    private static final Pattern TABLE = Pattern.compile(
            Arrays.stream(LedgerTable.values()).map(LedgerTable::tableName).collect(Collectors.joining("|", "(", ")"))
                    + "\\.(parquet|csv)");

    private final Path target;
    private final Path part;
    private final boolean force;

    /**
     * Takes the name.
     *
     * @param force whether a target that exists is replaced
     * @throws FileAlreadyExistsException when it exists and is not to be replaced
     * @throws IOException when nothing can be written there, or what is there is neither a plain file nor a folder of tables
     */
    public UnfinishedFile(Path target, boolean force) throws IOException {
        this.target = target.toAbsolutePath();
        this.part = this.target.resolveSibling(this.target.getFileName() + ENDING);
        this.force = force;
        if (Files.exists(target)) {
            if (!force) {
                throw new FileAlreadyExistsException(target.toString());
            }
            requireReplaceable();
        }
        close();
        Files.createDirectories(part.getParent());
        Files.createFile(part); // says at once whether it can be written
        Files.delete(part);
    }

    /** Where to write; nothing is there. */
    public Path path() {
        return part;
    }

    /** Gives it its name. */
    public void finish() throws IOException {
        if (force && Files.exists(target)) {
            if (Files.isDirectory(target) || Files.isDirectory(part)) {
                delete(target);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.move(part, target);
        }
    }

    /** A folder that holds anything else is someone's. */
    private void requireReplaceable() throws IOException {
        boolean ours = Files.isRegularFile(target);
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                ours = files.allMatch(file -> Files.isRegularFile(file)
                        && TABLE.matcher(file.getFileName().toString()).matches());
            }
        }
        if (!ours) {
            throw new IOException("what is there is neither a plain file nor a folder of tables, and is not replaced");
        }
    }

    /** Deletes what has no name yet. */
    @Override
    public void close() throws IOException {
        for (String ending : List.of("", ".wal", ".tmp")) {
            delete(Path.of(part + ending));
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
