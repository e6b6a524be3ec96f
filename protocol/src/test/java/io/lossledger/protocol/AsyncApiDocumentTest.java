package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps {@code asyncapi.yaml} equal to the topic catalogue, the {@code .proto} files and what all versions of the contract wrote. */
final class AsyncApiDocumentTest {
    private static final Path DOCUMENT = Path.of("asyncapi.yaml");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String REWRITE = "mvn -pl lca,protocol test -Dtest=AsyncApiDocumentTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dlossledger.readme.write=true";

    @BeforeAll
    static void rewritesTheDocumentOnRequest() throws IOException {
        if (Boolean.getBoolean("lossledger.readme.write")) {
            Files.writeString(DOCUMENT, document());
        }
    }

    @Test
    void theDocumentShowsTheContractAsItIs() throws IOException {
        assertThat(Files.readString(DOCUMENT))
                .as("protocol/asyncapi.yaml is not the contract. Rewrite it: " + REWRITE)
                .isEqualTo(document());
    }

    private static String document() throws IOException {
        String newest = "1."
                + GoldenMessages.VERSIONS.keySet().stream()
                        .mapToInt(AsyncApiDocumentTest::minor)
                        .max()
                        .orElseThrow();
        return "# Written by AsyncApiDocumentTest, from the .proto files and LedgerTopic.\n"
                + YamlText.of(new AsyncApiDocument(ContractFiles.read(), newest, alwaysWritten()).render());
    }

    private static int minor(String version) {
        int dot = version.indexOf('.');
        return dot < 0 ? 0 : Integer.parseInt(version.substring(dot + 1));
    }

    /** Rows are kept forever, so that those of the first version, too, must be what the schemas say. */
    private static Map<String, Set<String>> alwaysWritten() throws IOException {
        Map<String, Set<String>> written = new HashMap<>();
        for (var version : GoldenMessages.VERSIONS.entrySet()) {
            for (Map.Entry<String, Message> message : version.getValue().entrySet()) {
                Path file = GOLDEN.resolve(version.getKey()).resolve(message.getKey() + ".json");
                if (Files.exists(file)) {
                    JsonObject json =
                            JsonParser.parseString(Files.readString(file)).getAsJsonObject();
                    addWritten(message.getValue().getDescriptorForType(), json, written);
                }
            }
        }
        return written;
    }

    private static void addWritten(Descriptor type, JsonObject json, Map<String, Set<String>> written) {
        written.computeIfAbsent(type.getFullName(), name -> new HashSet<>(json.keySet()))
                .retainAll(json.keySet());
        for (FieldDescriptor field : type.getFields()) {
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField();
            if (isMessage && json.has(field.getName())) {
                JsonElement value = json.get(field.getName());
                for (JsonElement element :
                        value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value)) {
                    if (element.isJsonObject()) { // a timestamp is text
                        addWritten(field.getMessageType(), element.getAsJsonObject(), written);
                    }
                }
            }
        }
    }
}
