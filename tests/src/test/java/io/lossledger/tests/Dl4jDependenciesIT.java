package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** A user of the producer gets every class that DL4J's own code refers to: nothing that it needs is excluded. */
class Dl4jDependenciesIT {
    private static final Path EXAMPLE = Path.of("../examples/own-training/target/app/own-training-0.1.0-SNAPSHOT.jar");

    /** What is not there, and why that is no fault of ours. */
    private static final Map<String, String> MISSING =
            Map.of("lombok/Lombok", "throws on, for the compiler only; DL4J itself does not ask for it");

    @Test
    void areAllThere() throws Exception {
        List<Path> jars = libraries();
        Set<String> present = new HashSet<>();
        for (Path jar : jars) {
            present.addAll(classes(jar));
        }
        List<Path> dl4j = jars.stream()
                .filter(jar -> jar.getFileName().toString().matches("(deeplearning4j|nd4j|resources)-.*"))
                .toList();
        assertThat(dl4j).hasSizeGreaterThan(8);

        Map<String, Set<String>> missing = new TreeMap<>();
        int read = 0;
        for (Path jar : dl4j) {
            for (Map.Entry<String, Set<String>> references : references(jar).entrySet()) {
                read++;
                for (String name : references.getValue()) {
                    if (!present.contains(name) && !isInTheJdk(name)) {
                        missing.computeIfAbsent(name, any -> new TreeSet<>()).add(references.getKey());
                    }
                }
            }
        }
        System.out.println("dependencies: " + read + " classes of DL4J read, missing " + missing);
        assertThat(read).isGreaterThan(4_000);
        assertThat(missing.keySet()).isEqualTo(MISSING.keySet());
    }

    /** As Maven resolved them for a project that asks for nothing but the producer and a logging backend. */
    private static List<Path> libraries() throws IOException {
        List<Path> jars = new ArrayList<>();
        try (JarFile jar = new JarFile(EXAMPLE.toFile())) {
            for (String name :
                    jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ", -1)) {
                jars.add(EXAMPLE.resolveSibling(name));
            }
        }
        return jars;
    }

    private static Set<String> classes(Path jar) throws IOException {
        Set<String> names = new HashSet<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream()
                    .map(JarEntry::getName)
                    .filter(Dl4jDependenciesIT::isClass)
                    .forEach(name -> names.add(name.substring(0, name.length() - ".class".length())));
        }
        return names;
    }

    /** Of each class of a jar. */
    private static Map<String, Set<String>> references(Path jar) throws IOException {
        Map<String, Set<String>> references = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (isClass(entry.getName())) {
                    try (InputStream in = file.getInputStream(entry)) {
                        references.put(entry.getName(), ClassReferences.of(in.readAllBytes()));
                    }
                }
            }
        }
        return references;
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.startsWith("META-INF/") && !name.equals("module-info.class");
    }

    private static boolean isInTheJdk(String name) {
        return ClassLoader.getPlatformClassLoader().getResource(name + ".class") != null;
    }
}
