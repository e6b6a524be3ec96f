package io.lossledger.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of some megabytes, in memory. Needs the right to mount: see {@link OutsideTools}. */
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    static SmallDisk mount(Path folder, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        OutsideTools.require("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString());
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    /** Takes all room that is left. */
    void fill() throws IOException {
        byte[] block = new byte[64 << 10];
        try (var out = Files.newOutputStream(folder.resolve("full"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (folder.toFile().getUsableSpace() > block.length) {
                throw e; // it is not for the lack of room
            }
        }
    }

    /** Gives back what {@link #fill} took. */
    void free() throws IOException {
        Files.delete(folder.resolve("full"));
    }

    @Override
    public void close() {
        try {
            OutsideTools.runs("umount", "--lazy", folder.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
