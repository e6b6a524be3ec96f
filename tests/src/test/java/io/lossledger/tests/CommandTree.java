package io.lossledger.tests;

import io.lossledger.standalone.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code lossledger} command and those below it. */
final class CommandTree {
    private static final List<CommandLine> ALL = below(Main.commandLine());

    private CommandTree() {}

    /** Each command, parents first. */
    static List<CommandLine> all() {
        return ALL;
    }

    private static List<CommandLine> below(CommandLine root) {
        List<CommandLine> commands = new ArrayList<>(List.of(root));
        for (int i = 0; i < commands.size(); i++) {
            commands.addAll(commands.get(i).getSubcommands().values());
        }
        return commands;
    }

    /** Such as {@code runs list}; empty for the root. */
    static String name(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        return name.substring("lossledger".length()).strip();
    }

    static CommandLine named(String name) {
        return all().stream()
                .filter(command -> name(command).equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError("lossledger " + name + ": must be a command"));
    }

    /** The command that words call. */
    static CommandLine called(List<String> words) {
        CommandLine command = ALL.get(0);
        for (String word : words) {
            CommandLine below = command.getSubcommands().get(word);
            if (below == null) {
                break;
            }
            command = below;
        }
        return command;
    }

    /** Options but those that every command has. */
    static List<OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .toList();
    }

    static String help(CommandLine command) {
        return command.getUsageMessage(Ansi.OFF);
    }

    /** As the shell would; {@code COMMAND} and {@code NAME} are all that can be meant. */
    static void parse(List<String> words) {
        CommandLine root = Main.commandLine();
        List<String> values = new ArrayList<>(words);
        CommandLine command = root;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (isPlaceholder(word) && !command.getSubcommands().isEmpty()) {
                for (String name : command.getSubcommands().keySet()) {
                    values.set(i, name);
                    parse(values);
                }
                return;
            }
            OptionSpec option = i == 0 ? null : command.getCommandSpec().findOption(words.get(i - 1));
            if (isPlaceholder(word) && option != null) {
                values.set(i, value(option, word));
            }
            command = command.getSubcommands().getOrDefault(word, command);
        }
        root.parseArgs(values.toArray(String[]::new));
    }

    /** Of options that take no text. */
    private static String value(OptionSpec option, String placeholder) {
        if (option.completionCandidates() != null) {
            return option.completionCandidates().iterator().next();
        }
        Class<?> type = option.auxiliaryTypes()[0];
        return type == String.class || type == Path.class ? placeholder : "1";
    }

    private static boolean isPlaceholder(String word) {
        return word.matches("[A-Z][A-Z_]*");
    }
}
