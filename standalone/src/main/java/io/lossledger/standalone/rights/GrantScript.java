package io.lossledger.standalone.rights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.SecurityUtils;

/**
 * A shell script that grants a user the rights of roles with Kafka's own {@code kafka-acls.sh}. Immutable.
 *
 * @param bootstrapServers where Kafka is
 * @param config properties with which an administrator connects
 * @param user name of the user, without a quotation mark
 */
public record GrantScript(String bootstrapServers, Optional<Path> config, String user, Role.Names names) {
    /** The lines of the script. */
    public List<String> lines(List<Role> roles) {
        List<String> lines = new ArrayList<>();
        lines.add("acl() {");
        lines.add("  kafka-acls.sh --bootstrap-server '" + bootstrapServers + "'"
                + config.map(path -> " --command-config '" + path + "'").orElse("") + " \\");
        lines.add("    --add --allow-principal 'User:" + user + "' \"$@\"");
        lines.add("}");
        for (Role role : roles) {
            lines.add("# " + role.label() + ": " + role.purpose());
            // One call grants an operation on several resources, and each call takes seconds.
            Map<Right, StringBuilder> calls = new LinkedHashMap<>();
            for (Right right : role.rights(names)) {
                calls.computeIfAbsent(
                                right.withName(""),
                                like -> new StringBuilder(
                                        "acl --operation " + SecurityUtils.operationName(right.operation())))
                        .append(right.option());
            }
            calls.forEach((like, call) -> lines.add(call
                    + (like.prefixed() ? " --resource-pattern-type prefixed" : "")
                    + (like.isOptional() ? "   # optional, for " + like.purpose() : "")));
        }
        return lines;
    }
}
