package io.lossledger.protocol.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until files are on disk. Stateless. */
final class DiskSync {
    private static final Logger log = LoggerFactory.getLogger(DiskSync.class);

    private DiskSync() {}

    /** Syncs a file, or a folder with all its contents. */
    static void tree(Path root) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(root)) {
            all = found.toList();
        }
        for (Path path : all) {
            if (Files.isDirectory(path)) {
                folder(path);
            } else {
                try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    file.force(true);
                }
            }
        }
    }

    /** Syncs the name of a file or folder. */
    static void entry(Path path) {
        Path folder = path.getParent();
        if (folder != null) {
            folder(folder);
        }
    }

    /** Not every system supports this; the names then reach the disk a little later. */
    private static void folder(Path folder) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            log.trace("{} cannot be synced", folder, e);
        }
    }
}
