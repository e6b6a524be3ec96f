package io.lossledger.protocol;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Walks messages and their types, whatever they are. Stateless. */
final class MessageTree {
    private MessageTree() {}

    /** The message and every message in it, map entries too. */
    static List<Message> messages(Message message) {
        List<Message> messages = new ArrayList<>();
        messages.add(message);
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == JavaType.MESSAGE) {
                values(value).forEach(inner -> messages.addAll(messages((Message) inner)));
            }
        });
        return messages;
    }

    /** The values of the message's own scalar fields that are set, elements of repeated ones too; numbers as doubles. */
    static List<Object> scalars(Message message) {
        List<Object> scalars = new ArrayList<>();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != JavaType.MESSAGE) {
                for (Object value : values(field.getValue())) {
                    scalars.add(value instanceof Number number ? (Object) number.doubleValue() : value);
                }
            }
        }
        return scalars;
    }

    /** The full name of every field of every message of the files. */
    static List<String> fieldsOf(List<FileDescriptor> files) {
        List<String> fields = new ArrayList<>();
        files.forEach(file -> file.getMessageTypes().forEach(type -> addFieldsOf(type, fields)));
        return fields;
    }

    private static void addFieldsOf(Descriptor type, List<String> fields) {
        type.getFields().forEach(field -> fields.add(field.getFullName()));
        type.getNestedTypes().forEach(nested -> addFieldsOf(nested, fields));
    }

    private static List<?> values(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }
}
