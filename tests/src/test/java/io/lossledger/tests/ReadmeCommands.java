package io.lossledger.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shell commands of a README, each of which reads one topic. Stateless. */
final class ReadmeCommands {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TOPIC = Pattern.compile("-t (lossledger\\.[a-z]+)");

    private ReadmeCommands() {}

    /** By the topic that they read, in their order. */
    static Map<String, String> byTopic(Path readme) throws IOException {
        Map<String, String> commands = new LinkedHashMap<>();
        Matcher block = BLOCK.matcher(Files.readString(readme));
        while (block.find()) {
            Matcher topic = TOPIC.matcher(block.group(1));
            if (topic.find()) {
                commands.put(topic.group(1), block.group(1));
            }
        }
        return commands;
    }
}
