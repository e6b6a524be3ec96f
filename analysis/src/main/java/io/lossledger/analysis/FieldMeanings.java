package io.lossledger.analysis;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The meanings of messages and fields, from the comments of the contract. Immutable. */
final class FieldMeanings {
    private static final String CONTRACT = "/lossledger/v1/contract.protobin";

    private final Map<String, String> meanings = new HashMap<>();

    FieldMeanings() {
        try (InputStream in = FieldMeanings.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException(CONTRACT + ": must be on the class path. Found: nothing");
            }
            FileDescriptorSet.parseFrom(in).getFileList().forEach(this::read);
        } catch (IOException e) {
            throw new UncheckedIOException(CONTRACT + " cannot be read", e);
        }
    }

    /** Empty when there is no comment. */
    String of(Descriptor message) {
        return meanings.getOrDefault(message.getFullName(), "");
    }

    /** Empty when there is no comment. */
    String of(FieldDescriptor field) {
        return meanings.getOrDefault(field.getFullName(), "");
    }

    private void read(FileDescriptorProto file) {
        for (Location location : file.getSourceCodeInfo().getLocationList()) {
            List<Integer> path = location.getPathList();
            boolean message = path.size() == 2 && path.get(0) == FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER;
            boolean field = path.size() == 4
                    && path.get(0) == FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER
                    && path.get(2) == DescriptorProto.FIELD_FIELD_NUMBER;
            if (location.hasLeadingComments() && (message || field)) {
                DescriptorProto owner = file.getMessageType(path.get(1));
                String name = file.getPackage() + "." + owner.getName();
                String full = field ? name + "." + owner.getField(path.get(3)).getName() : name;
                meanings.put(full, location.getLeadingComments().strip().replaceAll("\\s+", " "));
            }
        }
    }
}
