package io.lossledger.protocol;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The {@code .proto} files as compiled with their comments. Stateless. */
final class ContractFiles {
    private static final Path DESCRIPTORS =
            Path.of("target/generated-resources/protobuf/descriptor-sets/contract.protobin");

    private ContractFiles() {}

    /** In the order of their topics, then those that only other files use. */
    static List<FileDescriptorProto> read() throws IOException {
        List<String> order = new ArrayList<>();
        for (LedgerTopic topic : LedgerTopic.values()) {
            topic.value()
                    .map(value -> value.getDescriptorForType().getFile().getName())
                    .filter(name -> !order.contains(name))
                    .ifPresent(order::add);
        }
        List<FileDescriptorProto> files = new ArrayList<>(
                FileDescriptorSet.parseFrom(Files.readAllBytes(DESCRIPTORS)).getFileList());
        files.removeIf(file -> !file.getPackage().equals("lossledger.v1"));
        files.sort((a, b) -> Integer.compare(rank(order, a), rank(order, b)));
        return files;
    }

    /** The comment before each message, field, enum and value that has one, on one line, by its path in the file. */
    static Map<List<Integer>, String> comments(FileDescriptorProto file) {
        return file.getSourceCodeInfo().getLocationList().stream()
                .filter(location -> location.hasLeadingComments())
                .collect(Collectors.toMap(
                        location -> location.getPathList(),
                        location -> location.getLeadingComments().strip().replaceAll("\\s+", " ")));
    }

    private static int rank(List<String> order, FileDescriptorProto file) {
        int rank = order.indexOf(file.getName());
        return rank < 0 ? order.size() : rank;
    }
}
