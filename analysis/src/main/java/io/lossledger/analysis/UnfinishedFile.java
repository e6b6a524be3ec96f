package io.lossledger.analysis;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file or folder that gets its name when it is whole: until then it lies beside it, under a name with this process's number. What
 * processes that are gone have left behind is deleted. Replaces plain files, and folders that hold nothing but tables. Not
 * thread-safe.
 */
public final class UnfinishedFile implements AutoCloseable {
    private static final Pattern TABLE = Pattern.compile(
            Arrays.stream(LedgerTable.values()).map(LedgerTable::tableName).collect(Collectors.joining("|", "(", ")"))
                    + "\\.(parquet|csv)");

    private final Path target;
    private final String name;
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
        this.target = target.toAbsolutePath().normalize();
        if (this.target.getFileName() == null) {
            throw new FileAlreadyExistsException(target.toString());
        }
        this.name = this.target.getFileName().toString();
        this.part =
                this.target.resolveSibling(name + "." + ProcessHandle.current().pid() + ".part");
        this.force = force;
        if (Files.exists(this.target)) {
            if (!force) {
                throw new FileAlreadyExistsException(target.toString());
            }
            requireReplaceable();
        }
        Files.createDirectories(part.getParent());
        deleteParts(false);
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
            requireReplaceable();
            if (Files.isDirectory(target) || Files.isDirectory(part)) {
                delete(target);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.move(part, target);
        }
    }

    /** Deletes what has no name yet. */
    @Override
    public void close() throws IOException {
        deleteParts(true);
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

    /** Deletes what processes that are gone have begun, and what this one has. */
    private void deleteParts(boolean own) throws IOException {
        Pattern parts = Pattern.compile(Pattern.quote(name) + "\\.(\\d{1,18})\\.part(\\.wal|\\.tmp)?");
        try (Stream<Path> files = Files.list(part.getParent())) {
            for (Path file : files.toList()) {
                Matcher matcher = parts.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    long process = Long.parseLong(matcher.group(1));
                    boolean mine = process == ProcessHandle.current().pid();
                    boolean gone = ProcessHandle.of(process).isEmpty();
                    if (mine ? own : gone) {
                        delete(file);
                    }
                }
            }
        }
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
