package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mvn package} makes for those who build nothing, unpacked to a folder with a space in its name. */
class ReleaseArchiveIT {
    private static final Path ROOT = Path.of("..");
    private static final String NAME = "lossledger-0.1.0-SNAPSHOT";
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d.*)\\.jar");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+?)(#[^)]*)?\\)");

    @TempDir
    static Path directory;

    private static Path release = Path.of("");

    @BeforeAll
    static void unpack() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("a place"));
        Path archive = ROOT.resolve("standalone/target").resolve(NAME + ".tar.gz");
        try (UserProgram tar = UserProgram.of("tar", "xzf", archive.toString(), "-C", folder.toString())) {
            assertThat(tar.exitCode()).as(tar.errors()).isZero();
        }
        release = folder.resolve(NAME);
    }

    @Test
    void saysItsVersionAndItsHelpFromAnotherFolder() throws Exception {
        assertThat(run(release.resolve("bin/lossledger"), "--version")).isEqualTo("lossledger 0.1.0-SNAPSHOT\n");
        assertThat(run(release.resolve("bin/lossledger"), "--help"))
                .isEqualTo(CommandTree.help(CommandTree.all().get(0)));
    }

    @Test
    void isFoundThroughLinks() throws Exception {
        Path absolute = Files.createSymbolicLink(directory.resolve("absolute"), release.resolve("bin/lossledger"));
        Path relative = Files.createSymbolicLink(directory.resolve("relative"), absolute.getFileName());
        assertThat(run(relative, "--version")).isEqualTo("lossledger 0.1.0-SNAPSHOT\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "java-11"})
    void aJavaThatWillNotDoIsNamed(String name) throws Exception {
        Path home = directory.resolve(name);
        if (!home.startsWith("/nowhere")) {
            Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
            Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.22\"' >&2\n");
            assertThat(java.toFile().setExecutable(true)).isTrue();
        }
        ProcessBuilder builder =
                new ProcessBuilder(release.resolve("bin/lossledger").toString(), "--version");
        builder.environment().put("JAVA_HOME", home.toString());
        try (UserProgram program = new UserProgram(builder)) {
            assertThat(program.exitCode()).isEqualTo(2);
            assertThat(program.errors())
                    .isEqualTo("lossledger: JAVA_HOME: must be the folder of Java 17 or newer. Found: "
                            + (home.startsWith("/nowhere") ? home : "11 (" + home + "/bin/java)") + "\n");
        }
    }

    @Test
    void holdsEveryLibraryOnceWithItsLicence() throws IOException {
        String licences = Files.readString(release.resolve("THIRD-PARTY.txt"));
        Set<String> libraries = new HashSet<>();
        Set<String> own = new HashSet<>();
        for (Path jar : files("lib")) {
            Matcher parts = JAR.matcher(jar.getFileName().toString());
            assertThat(parts.matches()).as("%s", jar).isTrue();
            String name = parts.group(1);
            boolean isNative = parts.group(2).matches(".*-(linux|macosx|windows)-.*");
            assertThat(libraries.add(isNative ? name + " (native)" : name))
                    .as("%s is there once; else clean before you package", name)
                    .isTrue();
            if (name.startsWith("lossledger-")) {
                own.add(name.substring("lossledger-".length()));
            } else {
                String version = parts.group(2).replaceFirst("-(linux|macosx|windows)-.*", "");
                assertThat(licences).contains(":" + name + ":" + version);
            }
        }
        assertThat(libraries).contains("kafka-streams", "duckdb_jdbc", "nd4j-native (native)", "log4j-slf4j2-impl");
        assertThat(own).contains("lca", "protobuf-util", "protocol", "producer", "streams-processor", "standalone");
        assertThat(licences).doesNotContainIgnoringCase("unknown license");
        assertThat(release.resolve("LICENSE")).hasSameTextualContentAs(ROOT.resolve("LICENSE"));
    }

    @Test
    void holdsWhatItsReadmeLinksTo() throws IOException {
        assertThat(release.resolve("README.md")).hasSameTextualContentAs(ROOT.resolve("README.md"));
        List<String> links = LINK.matcher(Files.readString(release.resolve("README.md")))
                .results()
                .map(link -> link.group(1))
                .toList();
        assertThat(links)
                .hasSizeGreaterThan(5)
                .allSatisfy(link -> assertThat(release.resolve(link)).exists());
        assertThat(files(".")).noneMatch(file -> file.toString().contains("/target/"));
    }

    private static String run(Path program, String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                .toArray(String[]::new);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "LOSSLEDGER_JAVA_OPTS"));
        try (UserProgram run = new UserProgram(builder)) {
            assertThat(run.exitCode()).as(run.errors()).isZero();
            return run.output();
        }
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(release.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
