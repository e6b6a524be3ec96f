package io.lossledger.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps the tables in the README equal to the topic catalogue and the {@code .proto} files with their comments. */
final class ReadmeTablesTest {
    private static final Path README = Path.of("README.md");
    private static final String REWRITE = "mvn -pl lca,protocol test -Dtest=ReadmeTablesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dlossledger.readme.write=true";
    private static final String START = "<!-- start of the tables that ReadmeTablesTest writes -->\n";
    private static final String END = "<!-- end of the tables -->\n";

    @BeforeAll
    static void rewritesTheTablesOnRequest() throws IOException {
        if (Boolean.getBoolean("lossledger.readme.write")) {
            String readme = Files.readString(README);
            String before = readme.substring(0, readme.indexOf(START) + START.length());
            String after = readme.substring(readme.indexOf(END));
            Files.writeString(README, before + tables() + after);
        }
    }

    @Test
    void theReadmeShowsTheContractAsItIs() throws IOException {
        String readme = Files.readString(README);
        assertThat(readme).containsOnlyOnce(START).containsOnlyOnce(END);
        String found = readme.substring(readme.indexOf(START) + START.length(), readme.indexOf(END));
        assertThat(found)
                .as("The tables in protocol/README.md are not those of the contract. Rewrite them: " + REWRITE)
                .isEqualTo(tables());
    }

    @Test
    void everyMessageAndFieldHasADescription() throws IOException {
        for (FileDescriptorProto file : ContractFiles.read()) {
            Set<List<Integer>> commented = file.getSourceCodeInfo().getLocationList().stream()
                    .filter(location -> !location.getLeadingComments().isBlank())
                    .map(Location::getPathList)
                    .collect(Collectors.toSet());
            for (int i = 0; i < file.getMessageTypeCount(); i++) {
                List<Integer> message = List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i);
                assertThat(commented).as(file.getMessageType(i).getName()).contains(message);
                for (int j = 0; j < file.getMessageType(i).getFieldCount(); j++) {
                    assertThat(commented)
                            .as(file.getMessageType(i).getField(j).getName())
                            .contains(List.of(message.get(0), i, DescriptorProto.FIELD_FIELD_NUMBER, j));
                }
            }
        }
    }

    private static String tables() throws IOException {
        return '\n' + new ReadmeTables(ContractFiles.read()).render() + '\n';
    }
}
