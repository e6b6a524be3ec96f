package io.lossledger.protocol;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/** The contract as an AsyncAPI 3 document: every topic, who writes and reads it, its key and what its records hold. */
final class AsyncApiDocument {
    private static final String BINDING_VERSION = "0.5.0";
    private static final String RUN = "[A-Za-z0-9._-]{1,64}";
    private static final Set<String> BOUND_SETTINGS =
            Set.of("cleanup.policy", "retention.ms", "retention.bytes", "max.message.bytes");

    private final JsonSchemas schemas;
    private final String version;

    /**
     * @param files the contract as compiled with its comments
     * @param version of the contract
     * @param alwaysWritten by the full name of a message, the fields that every version of the contract has written as JSON
     */
    AsyncApiDocument(List<FileDescriptorProto> files, String version, Map<String, Set<String>> alwaysWritten) {
        schemas = new JsonSchemas(files, alwaysWritten);
        this.version = version;
    }

    Map<String, Object> render() {
        Map<String, Object> channels = new LinkedHashMap<>();
        Map<String, Object> operations = new LinkedHashMap<>();
        Map<String, Object> messages = new LinkedHashMap<>();
        for (LedgerTopic topic : LedgerTopic.values()) {
            channels.put(topic.named(""), channel(topic));
            addOperations(operations, topic);
            messages.put(messageOf(topic), message(topic));
        }
        return ordered(
                "asyncapi",
                "3.0.0",
                "info",
                info(),
                "defaultContentType",
                "application/json",
                "servers",
                Map.of(
                        "demo",
                        ordered(
                                "host", "localhost:9092",
                                "protocol", "kafka",
                                "description", "What lossledger demo starts. Any Kafka takes the same records.")),
                "channels",
                channels,
                "operations",
                operations,
                "components",
                ordered("messages", messages, "schemas", schemas.all()));
    }

    private Map<String, Object> info() {
        return ordered(
                "title",
                "LossLedger",
                "version",
                version,
                "description",
                "Loss Change Allocation of a neural network while it trains. Rows are final, written once and in"
                        + " transactions: read them with isolation.level=read_committed. Fields are only added:"
                        + " pass over those that you do not know. With --results-format protobuf rows are the"
                        + " binary form of the same messages, as those of parameters always are; a JSON row begins with a brace, a binary one never"
                        + " does. All topics may have another prefix than lossledger.",
                "license",
                ordered("name", "Apache 2.0", "url", "https://www.apache.org/licenses/LICENSE-2.0.html"));
    }

    private Map<String, Object> channel(LedgerTopic topic) {
        NewTopic made = TopicCreator.newTopic(topic, TopicSettings.DEFAULT);
        Map<String, Object> settings = new LinkedHashMap<>();
        new TreeMap<>(made.configs()).forEach((name, value) -> {
            if (BOUND_SETTINGS.contains(name)) {
                settings.put(name, name.equals("cleanup.policy") ? List.of(value) : (Object) Long.valueOf(value));
            }
        });
        return ordered(
                "address", made.name(),
                "description", descriptionOf(topic),
                "messages", Map.of(messageOf(topic), reference("components/messages", messageOf(topic))),
                "bindings",
                        Map.of(
                                "kafka",
                                ordered(
                                        "partitions",
                                        made.numPartitions(),
                                        "topicConfiguration",
                                        settings,
                                        "bindingVersion",
                                        BINDING_VERSION)));
    }

    private static void addOperations(Map<String, Object> operations, LedgerTopic topic) {
        List<String> writers = List.of(ReadmeTables.writerOf(topic).split(", "));
        List<String> readers = new ArrayList<>(List.of("reader"));
        if (topic == LedgerTopic.UPDATE || topic == LedgerTopic.RUN) {
            readers.add(0, "streams processor");
        }
        if (topic == LedgerTopic.TRAJECTORY || topic == LedgerTopic.RUN) {
            readers.add(0, "worker");
        }
        for (String writer : writers) {
            operations.put(nameOf(writer, "sends", topic), operation(writer, "send", topic));
        }
        for (String reader : readers) {
            operations.put(nameOf(reader, "receives", topic), operation(reader, "receive", topic));
        }
    }

    private static String nameOf(String role, String verb, LedgerTopic topic) {
        return role.replace(' ', '-') + '-' + verb + '-' + topic.named("");
    }

    private static Map<String, Object> operation(String role, String action, LedgerTopic topic) {
        String channel = "channels/" + topic.named("");
        return ordered(
                "action", action,
                "channel", Map.of("$ref", "#/" + channel),
                "tags", List.of(Map.of("name", role)),
                "messages", List.of(reference(channel + "/messages", messageOf(topic))));
    }

    private Map<String, Object> message(LedgerTopic topic) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("name", messageOf(topic));
        message.put("summary", descriptionOf(topic));
        message.put("contentType", contentTypeOf(topic));
        if (topic == LedgerTopic.REJECTED) {
            message.put("headers", rejectedHeaders());
        }
        message.put("payload", payloadOf(topic));
        message.put("bindings", Map.of("kafka", ordered("key", keyOf(topic), "bindingVersion", BINDING_VERSION)));
        return message;
    }

    private Map<String, Object> payloadOf(LedgerTopic topic) {
        if (topic == LedgerTopic.REJECTED) {
            return Map.of("description", "The value as it was received; cut if it was too large.");
        }
        Message value = topic.value().orElseThrow();
        if (topic.value().isPresent() && topic.format(RowFormat.JSON) == RowFormat.PROTOBUF) {
            return ordered(
                    "description",
                    "Protocol Buffers, message " + value.getDescriptorForType().getFullName() + ".",
                    "type",
                    "string",
                    "format",
                    "binary",
                    "x-protobuf",
                    ordered(
                            "file",
                            "src/main/proto/"
                                    + value.getDescriptorForType().getFile().getName(),
                            "message",
                            value.getDescriptorForType().getFullName()));
        }
        return schemas.of(value.getDescriptorForType());
    }

    private static Map<String, Object> rejectedHeaders() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("lossledger.reason", text("Why it was rejected."));
        headers.put("lossledger.topic", text("Topic that it was received from."));
        headers.put("lossledger.partition", text("Partition that it was received from, in decimal."));
        headers.put("lossledger.offset", text("Offset that it was received at, in decimal."));
        headers.put("lossledger.truncated", text("Length that the value had, in decimal, where it is cut."));
        return ordered("type", "object", "properties", headers);
    }

    private static Map<String, Object> keyOf(LedgerTopic topic) {
        return switch (topic) {
            case REJECTED -> Map.of("description", "As it was received.");
            case UPDATE, PARAMETER ->
                ordered(
                        "description", "run|tensor|chunk, the numbers in decimal.",
                        "type", "string",
                        "pattern", "^" + RUN + "\\|[0-9]+\\|[0-9]+$");
            case TRAJECTORY ->
                ordered(
                        "description", "run|block, the block in decimal.",
                        "type", "string",
                        "pattern", "^" + RUN + "\\|[0-9]+$");
            default -> ordered("description", "Run id.", "type", "string", "pattern", "^" + RUN + "$");
        };
    }

    private static String contentTypeOf(LedgerTopic topic) {
        return switch (topic) {
            case UPDATE, TRAJECTORY, BUCKET, PARAMETER -> "application/x-protobuf";
            case REJECTED -> "application/octet-stream";
            default -> "application/json";
        };
    }

    private String descriptionOf(LedgerTopic topic) {
        return topic.value()
                .map(value -> schemas.comment(value.getDescriptorForType().getFullName()))
                .orElse("Dead letters: records that could not be booked, as they came; the headers say why.");
    }

    private static String messageOf(LedgerTopic topic) {
        return topic.value()
                .map(value -> value.getDescriptorForType().getName())
                .orElse(topic.name().charAt(0) + topic.name().substring(1).toLowerCase(Locale.ROOT));
    }

    private static Map<String, Object> text(String description) {
        return ordered("description", description, "type", "string");
    }

    private static Map<String, Object> reference(String path, String name) {
        return Map.of("$ref", "#/" + path + '/' + name);
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
