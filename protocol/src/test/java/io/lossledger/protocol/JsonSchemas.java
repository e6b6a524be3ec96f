package io.lossledger.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON Schemas of messages as {@link RowFormat#JSON} writes them, and of the messages and enums in them. Not thread-safe. */
final class JsonSchemas {
    private static final String NUMBER = "Number";

    private final Map<String, String> comments = new HashMap<>();
    private final Map<String, Set<String>> alwaysWritten;
    private final Map<String, Object> schemas = new LinkedHashMap<>();

    /**
     * @param files the contract as compiled with its comments
     * @param alwaysWritten by the full name of a message, the fields that every version of the contract has written
     */
    JsonSchemas(List<FileDescriptorProto> files, Map<String, Set<String>> alwaysWritten) {
        this.alwaysWritten = alwaysWritten;
        files.forEach(this::addComments);
        Map<String, Object> number = new LinkedHashMap<>();
        number.put("description", "A number, or one of these texts where it is not finite.");
        number.put("oneOf", List.of(Map.of("type", "number"), Map.of("enum", List.of("NaN", "Infinity", "-Infinity"))));
        schemas.put(NUMBER, number);
    }

    /** What stands for a message: the reference to its schema. */
    Map<String, Object> of(Descriptor message) {
        if (!schemas.containsKey(message.getName())) {
            schemas.put(message.getName(), Map.of()); // keeps its place before what is in it
            schemas.put(message.getName(), schema(message));
        }
        return reference(message.getName());
    }

    /** All schemas that were needed, by their names. */
    Map<String, Object> all() {
        return schemas;
    }

    /** The comment of a message, field, enum or value on one line; empty if there is none. */
    String comment(String fullName) {
        return comments.getOrDefault(fullName, "");
    }

    private Map<String, Object> schema(Descriptor message) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            Map<String, Object> property = new LinkedHashMap<>(Map.of("description", comment(field.getFullName())));
            Map<String, Object> value = value(field);
            // What stands beside a reference is skipped.
            property.putAll(value.containsKey("$ref") ? Map.of("allOf", List.of(value)) : value);
            properties.put(field.getName(), property);
            if (!field.hasPresence()
                    && alwaysWritten
                            .getOrDefault(message.getFullName(), Set.of())
                            .contains(field.getName())) {
                required.add(field.getName());
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", comment(message.getFullName()));
        schema.put("type", "object");
        schema.put("required", required);
        schema.put("properties", properties);
        return schema;
    }

    private Map<String, Object> value(FieldDescriptor field) {
        Map<String, Object> value = new LinkedHashMap<>();
        if (field.isMapField()) {
            value.put("type", "object");
            value.put("additionalProperties", single(field.getMessageType().findFieldByName("value")));
            return value;
        }
        if (field.isRepeated()) {
            value.put("type", "array");
            value.put("items", single(field));
            return value;
        }
        return single(field);
    }

    private Map<String, Object> single(FieldDescriptor field) {
        Map<String, Object> value = new LinkedHashMap<>();
        switch (field.getType()) {
            case DOUBLE -> value.putAll(reference(NUMBER));
            case STRING -> value.put("type", "string");
            case BOOL -> value.put("type", "boolean");
            case UINT32 -> {
                value.put("type", "integer");
                value.put("minimum", 0);
                value.put("maximum", 0xffff_ffffL);
            }
            case UINT64, FIXED64 -> { // not every JSON reader has a number for it
                value.put("type", "string");
                value.put("pattern", "^[0-9]+$");
            }
            case ENUM -> value.putAll(of(field.getEnumType()));
            case MESSAGE -> {
                if (field.getMessageType()
                        .getFullName()
                        .equals(Timestamp.getDescriptor().getFullName())) {
                    value.put("type", "string");
                    value.put("format", "date-time");
                } else {
                    value.putAll(of(field.getMessageType()));
                }
            }
            default -> throw new IllegalStateException("No message in JSON has had a " + field.getType() + " so far");
        }
        return value;
    }

    private Map<String, Object> of(EnumDescriptor type) {
        StringBuilder description = new StringBuilder(comment(type.getFullName()));
        for (EnumValueDescriptor value : type.getValues()) {
            if (!comment(value.getFullName()).isEmpty()) {
                description.append(' ').append(value.getName()).append(": ").append(comment(value.getFullName()));
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", description.toString());
        schema.put("type", "string");
        schema.put(
                "enum",
                type.getValues().stream().map(EnumValueDescriptor::getName).toList());
        schemas.putIfAbsent(type.getName(), schema);
        return reference(type.getName());
    }

    private static Map<String, Object> reference(String name) {
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    private void addComments(FileDescriptorProto file) {
        Map<List<Integer>, String> found = ContractFiles.comments(file);
        for (int i = 0; i < file.getMessageTypeCount(); i++) {
            DescriptorProto message = file.getMessageType(i);
            String name = file.getPackage() + '.' + message.getName();
            List<Integer> path = List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i);
            comments.put(name, found.getOrDefault(path, ""));
            for (int j = 0; j < message.getFieldCount(); j++) {
                comments.put(
                        name + '.' + message.getField(j).getName(),
                        found.getOrDefault(List.of(path.get(0), i, DescriptorProto.FIELD_FIELD_NUMBER, j), ""));
            }
        }
        for (int i = 0; i < file.getEnumTypeCount(); i++) {
            EnumDescriptorProto type = file.getEnumType(i);
            List<Integer> path = List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i);
            comments.put(file.getPackage() + '.' + type.getName(), found.getOrDefault(path, ""));
            for (int j = 0; j < type.getValueCount(); j++) { // values stand beside their type
                comments.put(
                        file.getPackage() + '.' + type.getValue(j).getName(),
                        found.getOrDefault(List.of(path.get(0), i, EnumDescriptorProto.VALUE_FIELD_NUMBER, j), ""));
            }
        }
    }
}
