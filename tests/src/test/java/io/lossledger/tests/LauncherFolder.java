package io.lossledger.tests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The launcher beside one source, with a Maven that copies the source to a jar and a Java that prints the jar. The source
 * {@code broken} cannot be built; {@code slow} is built when the test says so.
 */
final class LauncherFolder {
    private static final long PATIENCE_SECONDS = 60;

    private static final String MAVEN = """
            #!/bin/bash
            profile=none folder=standalone/target/app
            for word; do case $word in -Dlossledger.app.folder=*) folder=${word#*=} ;; -P*) profile=${word#-P} ;; esac; done
            source=$(cat lca/src/main/Source.java)
            echo "$source" >>builds
            if [ "$source" = broken ]; then echo "[ERROR] broken cannot be built"; exit 1; fi
            if [ "$source" = slow ]; then for i in {1..600}; do [ -e built ] || sleep 0.1; done; fi
            if [ "$profile" != quick ]; then echo "[ERROR] checks everything"; exit 1; fi
            mkdir -p "$folder/lib" && echo "$source" >"$folder/lib/app.jar" && cp -r standalone/src/main/app/. "$folder"
            """;

    private static final String JAVA = """
            #!/bin/bash
            if [ "$1" = -version ]; then echo 'openjdk version "VERSION" 2026-01-01' >&2; exit; fi
            while [ "$1" != -cp ]; do shift; done
            jar=${2%%\\*}app.jar
            shift 2
            if [ "${2:-}" = wait ]; then echo waits; for i in {1..600}; do [ -e "$WAIT_FILE" ] || sleep 0.1; done; fi
            echo "runs $(cat "$jar"): $*"
            """;

    private final Path home;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();

    LauncherFolder(Path directory) throws IOException {
        home = Files.createDirectories(directory.toRealPath().resolve("the home"));
        tools = Files.createDirectories(directory.resolve("tools"));
        Files.createDirectories(home.resolve("lca/src/main"));
        Path bin = Files.createDirectories(home.resolve("standalone/src/main/app/bin"));
        for (String script : List.of("lossledger", "find-java.sh")) {
            program(bin.resolve(script), Files.readString(Path.of("../standalone/src/main/app/bin", script)));
        }
        Files.writeString(home.resolve("pom.xml"), "");
        Files.writeString(home.resolve("standalone/pom.xml"), "");
        program(launcher(), Files.readString(Path.of("../lossledger")));
        program(tools.resolve("mvn"), MAVEN);
        java("17.0.15");
    }

    Path launcher() {
        return home.resolve("lossledger");
    }

    Path apps() {
        return home.resolve("standalone/target/apps");
    }

    Path tools() {
        return tools;
    }

    void java(String version) throws IOException {
        program(tools.resolve("java"), JAVA.replace("VERSION", version));
    }

    Path javaHome(String version) throws IOException {
        Path bin = Files.createDirectories(tools.resolve("jdk/bin"));
        program(bin.resolve("java"), JAVA.replace("VERSION", version));
        return bin.getParent();
    }

    void environment(String name, String value) {
        environment.put(name, value);
    }

    void setSource(String text) throws IOException {
        Files.writeString(home.resolve("lca/src/main/Source.java"), text);
    }

    UserProgram launch(String... arguments) throws IOException {
        return launch(home, launcher().toString(), arguments);
    }

    UserProgram launch(Path from, String launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "LOSSLEDGER_JAVA_OPTS", "LOSSLEDGER_BUILD"));
        builder.environment().put("PATH", tools + File.pathSeparator + System.getenv("PATH"));
        builder.environment().put("WAIT_FILE", home.resolve("waited").toString());
        builder.environment().putAll(environment);
        return new UserProgram(builder);
    }

    /** The sources that were built, or tried to be. */
    List<String> builds() throws IOException {
        Path builds = home.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    void awaitBuild() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (builds().isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("No build has begun");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    void endBuild() throws IOException {
        Files.createFile(home.resolve("built"));
    }

    void endWait() throws IOException {
        Files.createFile(home.resolve("waited"));
    }

    /** The folders of builds. */
    List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(apps())) {
            return files.filter(Files::isDirectory).toList();
        }
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
