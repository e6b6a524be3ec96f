package io.lossledger.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Renders the contract as Markdown: every topic, every metric, every field of every message, every value of every enum. */
final class ReadmeTables {
    private final List<FileDescriptorProto> files;

    /** @param files the contract as compiled with its comments, in the order to render */
    ReadmeTables(List<FileDescriptorProto> files) {
        this.files = files;
    }

    String render() {
        StringBuilder text = new StringBuilder("## Topics\n\n");
        text.append("| topic | key | value | format | kept | written by |\n|---|---|---|---|---|---|\n");
        for (LedgerTopic topic : LedgerTopic.values()) {
            text.append(topicRow(topic));
        }
        text.append("\n## Metrics\n\n");
        text.append("| metric | type | unit | tags | served by | meaning |\n|---|---|---|---|---|---|\n");
        for (LedgerMetric metric : LedgerMetric.values()) {
            text.append(metricRow(metric));
        }
        text.append("\n## Messages\n");
        files.forEach(file -> appendFile(text, file));
        return text.toString();
    }

    private static String topicRow(LedgerTopic topic) {
        Optional<String> message =
                topic.value().map(value -> value.getDescriptorForType().getName());
        String key = topic.value().isPresent() ? "`" + cell(topic.key()) + "`" : topic.key();
        return row(
                "`" + topic.named(TopicSettings.DEFAULT_PREFIX) + "`",
                key,
                message.map(ReadmeTables::link).orElse("as received"),
                formatOf(topic),
                keptOf(topic.retention()),
                writerOf(topic));
    }

    private static String formatOf(LedgerTopic topic) {
        return switch (topic) {
            case UPDATE, TRAJECTORY, BUCKET, PARAMETER -> "Protobuf";
            case RUN -> "JSON";
            case REJECTED -> "as received";
            default -> "JSON, or Protobuf when asked";
        };
    }

    private static String keptOf(LedgerTopic.Retention retention) {
        TopicSettings defaults = TopicSettings.DEFAULT;
        return switch (retention) {
            case RAW -> "delete: " + defaults.rawRetention().toDays() + " days by default, bytes as set";
            case FOREVER -> "delete: never (`retention.ms=-1`)";
            case COMPACTED -> "compact: the newest of each key";
        };
    }

    private static String shownBy(LedgerMetric metric) {
        return switch (metric.scope()) {
            case TRAINER -> "trainer";
            case WORKER -> "worker";
            default -> "processor";
        };
    }

    static String writerOf(LedgerTopic topic) {
        if (topic == LedgerTopic.UPDATE) {
            return "producer, worker"; // workers that measure a trajectory
        }
        return topic.isFromProducers() ? "producer" : "streams processor";
    }

    private static String metricRow(LedgerMetric metric) {
        return row(
                "`" + metric.prometheusName() + "`",
                metric.type().name().toLowerCase(Locale.ROOT),
                metric.unit(),
                metric.tags().isEmpty() ? "" : "`" + String.join("`, `", metric.tags()) + "`",
                shownBy(metric),
                metric.help());
    }

    private static void appendFile(StringBuilder text, FileDescriptorProto file) {
        Map<List<Integer>, String> comments = ContractFiles.comments(file);
        for (int i = 0; i < file.getMessageTypeCount(); i++) {
            int path = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER;
            appendMessage(text, file.getMessageType(i), List.of(path, i), comments);
        }
        for (int i = 0; i < file.getEnumTypeCount(); i++) {
            int path = FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER;
            appendEnum(text, file.getEnumType(i), List.of(path, i), comments);
        }
    }

    private static void appendMessage(
            StringBuilder text, DescriptorProto message, List<Integer> path, Map<List<Integer>, String> comments) {
        text.append("\n### ").append(message.getName()).append("\n\n");
        text.append(comments.getOrDefault(path, "")).append("\n\n");
        text.append("| field | number | type | meaning |\n|---|--:|---|---|\n");
        for (int i = 0; i < message.getFieldCount(); i++) {
            FieldDescriptorProto field = message.getField(i);
            text.append(row(
                    "`" + field.getName() + "`",
                    Integer.toString(field.getNumber()),
                    typeOf(message, field),
                    cell(meaning(path, DescriptorProto.FIELD_FIELD_NUMBER, i, comments))));
        }
    }

    private static void appendEnum(
            StringBuilder text, EnumDescriptorProto type, List<Integer> path, Map<List<Integer>, String> comments) {
        text.append("\n### ").append(type.getName()).append("\n\n");
        text.append(comments.getOrDefault(path, "")).append("\n\n");
        text.append("| value | number | meaning |\n|---|--:|---|\n");
        for (int i = 0; i < type.getValueCount(); i++) {
            text.append(row(
                    "`" + type.getValue(i).getName() + "`",
                    Integer.toString(type.getValue(i).getNumber()),
                    cell(meaning(path, EnumDescriptorProto.VALUE_FIELD_NUMBER, i, comments))));
        }
    }

    private static String meaning(List<Integer> parent, int kind, int index, Map<List<Integer>, String> comments) {
        return comments.getOrDefault(List.of(parent.get(0), parent.get(1), kind, index), "");
    }

    private static String typeOf(DescriptorProto message, FieldDescriptorProto field) {
        Optional<DescriptorProto> entry = message.getNestedTypeList().stream()
                .filter(nested -> nested.getOptions().getMapEntry()
                        && field.getTypeName().endsWith('.' + message.getName() + '.' + nested.getName()))
                .findFirst();
        if (entry.isPresent()) {
            return "map of " + nameOf(entry.get().getField(0)) + " to "
                    + nameOf(entry.get().getField(1));
        }
        String name = nameOf(field);
        if (field.getLabel() == Label.LABEL_REPEATED) {
            return "repeated " + name;
        }
        if (field.getProto3Optional()) {
            return "optional " + name;
        }
        if (field.hasOneofIndex()) {
            return name + ", one of `"
                    + message.getOneofDecl(field.getOneofIndex()).getName() + "`";
        }
        return name;
    }

    private static String nameOf(FieldDescriptorProto field) {
        String full = field.getTypeName();
        if (full.startsWith(".lossledger.v1.")) {
            return link(full.substring(".lossledger.v1.".length()));
        }
        return full.isEmpty()
                ? field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT)
                : full.substring(1);
    }

    private static String link(String message) {
        return "[" + message + "](#" + message.toLowerCase(Locale.ROOT) + ")";
    }

    /** Markdown ends a cell at a bar, even within code. */
    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
