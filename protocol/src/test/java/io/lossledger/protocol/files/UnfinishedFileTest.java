package io.lossledger.protocol.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnfinishedFileTest {
    private static final Pattern MEMBERS = Pattern.compile("[ab]\\.csv");

    @TempDir
    Path folder;

    private Path target = Path.of("");

    @BeforeEach
    void nameATarget() {
        target = folder.resolve("out");
    }

    @Test
    void aFileGetsItsNameWhenItIsComplete() throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, false)) {
            try (OutputStream out = file.newOutputStream()) {
                out.write("whole".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(target).doesNotExist();
            file.finish();
        }
        assertThat(target).content().isEqualTo("whole");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void aFolderGetsItsNameWhenItIsComplete() throws IOException {
        writeFolder("a.csv", false);
        assertThat(target.resolve("a.csv")).content().isEqualTo("a.csv");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void createsItsParentFolders() throws IOException {
        target = folder.resolve("new").resolve("newer").resolve("out");
        write("text", false);
        assertThat(target).content().isEqualTo("text");
    }

    @Test
    void leavesNothingOfAnUnfinishedFile() throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, false)) {
            Files.createDirectory(file.path());
            Files.writeString(file.path().resolve("a.csv"), "half");
            Files.writeString(Path.of(file.path() + ".wal"), "half");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void replacesNothingUnlessRequested() throws IOException {
        write("precious", false);
        assertThatThrownBy(() -> UnfinishedFile.begin(target, false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(target.toString());
        write("new", true);
        assertThat(target).content().isEqualTo("new");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void replacesNothingThatAppearedInTheMeantime() throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, false)) {
            Files.writeString(file.path(), "mine");
            Files.writeString(target, "theirs");
            assertThatThrownBy(file::finish).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(target).content().isEqualTo("theirs");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void aFolderReplacesFolderAndFile() throws IOException {
        write("file", false);
        writeFolder("a.csv", true);
        writeFolder("b.csv", true);
        assertThat(target.resolve("a.csv")).doesNotExist();
        assertThat(target.resolve("b.csv")).exists();
        try (UnfinishedFile file = UnfinishedFile.begin(target, true, MEMBERS)) {
            Files.writeString(file.path(), "file again");
            file.finish();
        }
        assertThat(target).content().isEqualTo("file again");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void replacesNoFolderOfSomeoneElse() throws IOException {
        Files.createDirectory(target);
        Files.writeString(target.resolve("letters"), "precious");
        assertThatThrownBy(() -> UnfinishedFile.begin(target, true, MEMBERS))
                .isInstanceOf(IOException.class)
                .hasMessage("it is neither a regular file nor a folder of tables, and is not replaced");
        assertThatThrownBy(() -> UnfinishedFile.begin(target, true))
                .isInstanceOf(IOException.class)
                .hasMessage("it is not a regular file, and is not replaced");
    }

    @Test
    void deletesTheRemainsOfADeadWriterButNothingOfALivingOne() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeldFile.class.getName(),
                        target.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = writer.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("begun");
            write("first", false);
            assertThat(names()).as("the other one writes on").hasSize(2);
            writer.destroyForcibly();
            assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
            write("second", true);
            assertThat(names()).containsExactly("out");
        } finally {
            writer.destroyForcibly();
        }
    }

    @Test
    void writersOfOneProcessDoNotDisturbEachOther() throws IOException {
        try (UnfinishedFile first = UnfinishedFile.begin(target, true)) {
            Files.writeString(first.path(), "first");
            write("second", true);
            write("third", true);
            first.finish();
        }
        assertThat(target).content().isEqualTo("first");
        assertThat(names()).containsExactly("out");
    }

    @Test
    void keepsWhatOnlyLooksLikeALeftover() throws IOException {
        Path unlocked = folder.resolve(".lossledger-00000000-0000-0000-0000-000000000000.part");
        Files.createDirectory(unlocked); // a writer that is about to lock it
        Files.writeString(folder.resolve("out.1.part"), "another's");
        write("text", false);
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "out", "out.1.part", unlocked.getFileName().toString());
    }

    private void write(String text, boolean replace) throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, replace)) {
            Files.writeString(file.path(), text);
            file.finish();
        }
    }

    private void writeFolder(String name, boolean replace) throws IOException {
        try (UnfinishedFile file = UnfinishedFile.begin(target, replace, MEMBERS)) {
            Files.createDirectory(file.path());
            Files.writeString(file.path().resolve(name), name);
            file.finish();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
