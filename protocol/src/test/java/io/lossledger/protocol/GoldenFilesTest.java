package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import io.lossledger.protocol.v1.Update;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds today's contract against files written by every version of it.
 *
 * <p>A new field or enum value needs a new version in {@link GoldenMessages}. Its files, and never those that are there
 * already, are written by {@code mvn -pl lca,protocol test -Dtest=GoldenFilesTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dlossledger.golden.write=true}.
 */
final class GoldenFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    @BeforeAll
    static void writesMissingFilesOnRequest() throws IOException {
        if (!Boolean.getBoolean("lossledger.golden.write")) {
            return;
        }
        for (Golden golden : everyGolden().toList()) {
            Files.createDirectories(golden.binary().getParent());
            writeIfMissing(golden.binary(), golden.message().toByteArray());
            if (golden.hasJson()) {
                writeIfMissing(golden.json(), (json(golden.message()) + '\n').getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyGolden")
    void readsTheBinaryFileWithoutUnknownFields(Golden golden) throws IOException {
        Message read = golden.message().getParserForType().parseFrom(Files.readAllBytes(golden.binary()));
        assertThat(read).isEqualTo(golden.message());
    }

    @ParameterizedTest
    @MethodSource("everyGolden")
    void writesTheBytesOfTheBinaryFile(Golden golden) throws IOException {
        assertThat(golden.message().toByteArray()).isEqualTo(Files.readAllBytes(golden.binary()));
    }

    @ParameterizedTest
    @MethodSource("everyGoldenWithJson")
    void readsTheJsonFile(Golden golden) throws IOException {
        Message.Builder read = golden.message().newBuilderForType();
        RowFormat.JSON.merge(Files.readAllBytes(golden.json()), read);
        assertThat(read.build()).isEqualTo(golden.message());
    }

    /** More members are allowed: that is how a new field shows. */
    @ParameterizedTest
    @MethodSource("everyGoldenWithJson")
    void writesEveryMemberOfTheJsonFileAsItIsThere(Golden golden) throws IOException {
        JsonElement then = JsonParser.parseString(Files.readString(golden.json()));
        JsonElement now = JsonParser.parseString(json(golden.message()));
        assertHolds("", then, now);
    }

    @ParameterizedTest
    @MethodSource("everyGolden")
    void givesEachFieldOfAMessageItsOwnValue(Golden golden) {
        for (Message message : MessageTree.messages(golden.message())) {
            assertThat(MessageTree.scalars(message)).doesNotHaveDuplicates();
        }
    }

    @Test
    void holdsEveryMessageTypeOfTheTopics() {
        Set<Descriptor> held = new LinkedHashSet<>();
        everyGolden().forEach(golden -> held.add(golden.message().getDescriptorForType()));
        assertThat(Stream.of(LedgerTopic.values())
                        .flatMap(topic -> topic.value().stream())
                        .map(Message::getDescriptorForType))
                .isSubsetOf(held);
    }

    @Test
    void setsEveryFieldOfEveryMessage() {
        List<String> set = allMessages().stream()
                .flatMap(message -> message.getAllFields().keySet().stream())
                .map(field -> field.getFullName())
                .toList();
        assertThat(MessageTree.fieldsOf(contract())).isNotEmpty().isSubsetOf(set);
    }

    @Test
    void setsEveryValueOfEveryEnum() {
        List<String> set = allMessages().stream()
                .flatMap(message -> message.getAllFields().values().stream())
                .filter(EnumValueDescriptor.class::isInstance)
                .map(value -> ((EnumValueDescriptor) value).getFullName())
                .toList();
        List<String> values = contract().stream()
                .flatMap(file -> file.getEnumTypes().stream())
                .map(EnumDescriptor::getValues)
                .flatMap(List::stream)
                .filter(value -> value.getNumber() != 0)
                .map(EnumValueDescriptor::getFullName)
                .toList();
        assertThat(values).isNotEmpty().isSubsetOf(set);
    }

    @Test
    void knowsEveryFileInTheFolder() throws IOException {
        List<Path> known = new ArrayList<>();
        everyGolden().forEach(golden -> known.add(golden.binary()));
        everyGoldenWithJson().forEach(golden -> known.add(golden.json()));
        try (Stream<Path> files = Files.walk(FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(known);
        }
    }

    private static Stream<Golden> everyGolden() {
        return GoldenMessages.VERSIONS.entrySet().stream()
                .flatMap(version -> version.getValue().entrySet().stream()
                        .map(message -> new Golden(version.getKey(), message.getKey(), message.getValue())));
    }

    private static Stream<Golden> everyGoldenWithJson() {
        return everyGolden().filter(Golden::hasJson);
    }

    private static List<Message> allMessages() {
        return everyGolden()
                .flatMap(golden -> MessageTree.messages(golden.message()).stream())
                .toList();
    }

    private static List<FileDescriptor> contract() {
        return Stream.of(LedgerTopic.values())
                .flatMap(topic -> topic.value().stream())
                .map(message -> message.getDescriptorForType().getFile())
                .distinct()
                .toList();
    }

    private static String json(Message message) {
        return new String(RowFormat.JSON.serialize(message), StandardCharsets.UTF_8);
    }

    private static void writeIfMissing(Path file, byte[] bytes) throws IOException {
        if (!Files.exists(file)) {
            Files.write(file, bytes);
        }
    }

    private static void assertHolds(String path, JsonElement then, JsonElement now) {
        if (then.isJsonArray()) {
            assertThat(now.getAsJsonArray())
                    .as(path)
                    .hasSize(then.getAsJsonArray().size());
            for (int i = 0; i < then.getAsJsonArray().size(); i++) {
                assertHolds(
                        path + '[' + i + ']',
                        then.getAsJsonArray().get(i),
                        now.getAsJsonArray().get(i));
            }
            return;
        }
        if (!then.isJsonObject()) {
            assertThat(now).as(path).isEqualTo(then);
            return;
        }
        JsonObject members = now.getAsJsonObject();
        for (Map.Entry<String, JsonElement> member : then.getAsJsonObject().entrySet()) {
            String name = path + '.' + member.getKey();
            assertThat(members.has(member.getKey())).as(name).isTrue();
            assertHolds(name, member.getValue(), members.get(member.getKey()));
        }
    }

    /** One message of one version with its files; updates are never written as JSON. */
    private record Golden(String version, String name, Message message) {
        Path binary() {
            return FOLDER.resolve(version).resolve(name + ".binpb");
        }

        Path json() {
            return FOLDER.resolve(version).resolve(name + ".json");
        }

        boolean hasJson() {
            return !(message instanceof Update);
        }

        @Override
        public String toString() {
            return version + '/' + name;
        }
    }
}
