package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The files of an upgrade fixture: a folder as a zip file in gzip, and rows as text. Stateless. */
final class UpgradeFiles {
    private UpgradeFiles() {}

    /** Packs a folder but for logs for people. */
    static void pack(Path folder, Path file) throws IOException {
        try (Stream<Path> found = Files.walk(folder).sorted();
                ZipOutputStream zip = new ZipOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            zip.setLevel(Deflater.NO_COMPRESSION); // many files are alike, and gzip sees that
            for (Path path : found.filter(UpgradeFiles::isNeeded).toList()) {
                String name = folder.relativize(path).toString().replace('\\', '/');
                ZipEntry entry = new ZipEntry(Files.isDirectory(path) ? name + "/" : name);
                entry.setTime(0);
                zip.putNextEntry(entry);
                if (Files.isRegularFile(path)) {
                    Files.copy(path, zip);
                }
                zip.closeEntry();
            }
        }
    }

    static void unpack(Path file, Path folder) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path path = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    try (OutputStream out = Files.newOutputStream(path)) {
                        zip.transferTo(out);
                    }
                }
            }
        }
    }

    /** Writes rows, each behind its topic and run: {@code TOPIC RUN<tab>ROW}. */
    static void write(SortedMap<String, List<String>> rows, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        rows.forEach((name, ofName) -> ofName.forEach(row -> lines.add(name + "\t" + row)));
        Files.write(file, lines, UTF_8);
    }

    static SortedMap<String, List<String>> read(Path file) throws IOException {
        SortedMap<String, List<String>> rows = new TreeMap<>();
        for (String line : Files.readAllLines(file, UTF_8)) {
            int tab = line.indexOf('\t');
            rows.computeIfAbsent(line.substring(0, tab), name -> new ArrayList<>())
                    .add(line.substring(tab + 1));
        }
        return rows;
    }

    private static boolean isNeeded(Path path) {
        String name = path.getFileName().toString();
        return !name.equals("LOG") && !name.startsWith("LOG.old") && !name.equals(".lock") && !name.equals("LOCK");
    }
}
