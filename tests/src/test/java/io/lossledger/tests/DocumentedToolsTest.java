package io.lossledger.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.tests.Documents.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What documents say of other programs: scripts of this project, Maven, Compose, and topics to read. */
class DocumentedToolsTest {
    private static final Pattern SCRIPT =
            Pattern.compile("(?:^|[ $])(\\.?(?:ci|tests|examples|dashboards)/[\\w./-]+)(?= |$)");
    private static final Pattern MODULES = Pattern.compile("-pl (\\S+)");
    private static final Pattern TEST = Pattern.compile("-D(?:it\\.)?test=(\\w+)");
    private static final Pattern TOPIC = Pattern.compile("-t (lossledger\\.[a-z]+)");
    private static final Pattern COMPOSE = Pattern.compile("docker compose (\\w+)");

    static List<Shown> code() throws IOException {
        List<Shown> code = new ArrayList<>();
        for (Path document : Documents.all()) {
            code.addAll(Documents.code(document));
        }
        return code;
    }

    static List<Shown> found(Pattern pattern) throws IOException {
        return code().stream()
                .flatMap(shown -> pattern.matcher(shown.text())
                        .results()
                        .map(match -> new Shown(shown.place(), match.group(1), shown.isBlock())))
                .toList();
    }

    static List<Shown> scripts() throws IOException {
        return found(SCRIPT);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void everyPathIsThereAndScriptsAreWhole(Shown shown) throws Exception {
        Path script = Documents.ROOT.resolve(shown.text());
        if (shown.text().contains("/target/")) {
            script = Documents.ROOT.resolve(shown.text().replaceFirst("/target/.*", "/pom.xml"));
        }
        assertThat(script).as(shown.place()).exists();
        if (Files.isRegularFile(script) && Files.isExecutable(script)) {
            String first = Files.readAllLines(script).get(0);
            if (first.matches("#!.*\\b(ba)?sh")) {
                try (UserProgram check = UserProgram.of("bash", "-n", script.toString())) {
                    assertThat(check.exitCode()).as(check.errors()).isZero();
                }
            }
        }
    }

    @Test
    void everyModuleOfMavenIsOne() throws IOException {
        Set<String> modules = new TreeSet<>();
        for (Shown shown : found(MODULES)) {
            modules.addAll(List.of(shown.text().split(",")));
        }
        assertThat(modules)
                .hasSizeGreaterThan(5)
                .allMatch(module -> Files.exists(Documents.ROOT.resolve(module).resolve("pom.xml")));
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Set<String> tests = tests();
        List<String> named =
                new ArrayList<>(found(TEST).stream().map(Shown::text).toList());
        code().stream()
                .map(Shown::text)
                .filter(text -> text.matches("[A-Z]\\w+(Test|IT)"))
                .forEach(named::add);
        named.remove("NoUnitTest");
        assertThat(named).hasSizeGreaterThan(5);
        assertThat(tests).containsAll(named);
    }

    @Test
    void everyTopicThatIsReadIsOne() throws IOException {
        Set<String> topics = Stream.of(LedgerTopic.values())
                .map(topic -> topic.named("lossledger."))
                .collect(Collectors.toSet());
        List<String> read = found(TOPIC).stream().map(Shown::text).toList();
        assertThat(read).hasSizeGreaterThan(5);
        assertThat(topics).containsAll(read);
    }

    @Test
    void composeHasTheseCommands() throws IOException {
        assertThat(found(COMPOSE).stream().map(Shown::text)).isNotEmpty().isSubsetOf("up", "run", "down", "build");
    }

    /** Blocks that are marked as shell are read by one. */
    @Test
    void everyBlockOfShellCanBeRead() throws Exception {
        List<String> blocks = new ArrayList<>();
        for (Path document : Documents.all()) {
            Matcher block = Pattern.compile("(?s)```sh\n(.*?)```").matcher(Files.readString(document));
            while (block.find()) {
                blocks.add(block.group(1));
            }
        }
        assertThat(blocks).isNotEmpty();
        for (String block : blocks) {
            try (UserProgram check = UserProgram.of("bash", "-n", "-c", block)) {
                assertThat(check.exitCode()).as(block + check.errors()).isZero();
            }
        }
    }

    private static Set<String> tests() throws IOException {
        Set<String> tests = new TreeSet<>();
        try (Stream<Path> modules = Files.list(Documents.ROOT)) {
            for (Path sources : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::exists)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".java"))
                            .forEach(name -> tests.add(name.replace(".java", "")));
                }
            }
        }
        return tests;
    }
}
