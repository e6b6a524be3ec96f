package io.lossledger.tests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands and their options as Markdown, made of what {@code --help} shows. Stateless. */
final class SettingsTables {
    private static final Pattern DEFAULT = Pattern.compile("(.*?)\\s*\\bDefault: (.*)");
    private static final List<String> CONNECTION = List.of("--bootstrap-server", "--kafka-config", "--topic-prefix");

    private SettingsTables() {}

    /** The table of commands, the options of the connection, then a table for each command. */
    static String render() {
        StringBuilder page = new StringBuilder();
        page.append("## Commands\n\n| command | does |\n|---|---|\n");
        List<CommandLine> commands = commands();
        for (CommandLine command : commands) {
            String name = "lossledger " + CommandTree.name(command);
            page.append("| [`" + name + "`](#" + name.replace(' ', '-') + ") | "
                    + description(command).replaceFirst("(?<=\\.) .*", "") + " |\n");
        }
        page.append("\n## Connection to Kafka\n\nMost commands connect to a Kafka. They all have these options.\n\n");
        List<OptionSpec> connection = CommandTree.options(CommandTree.named("train"));
        page.append(
                table(connection.stream().filter(SettingsTables::isConnection).toList()));
        for (CommandLine command : commands) {
            page.append("\n## lossledger " + CommandTree.name(command) + "\n\n" + description(command) + "\n");
            page.append(settings(command));
        }
        return page.toString();
    }

    /** Groups before their own commands, which have no order if they are methods. */
    private static List<CommandLine> commands() {
        List<CommandLine> commands = new ArrayList<>();
        for (CommandLine command : CommandTree.all().get(0).getSubcommands().values()) {
            commands.add(command);
            command.getSubcommands().values().stream()
                    .sorted(Comparator.comparing(CommandTree::name))
                    .forEach(commands::add);
        }
        return commands;
    }

    private static String settings(CommandLine command) {
        List<ArgSpec> rows = new ArrayList<>(command.getCommandSpec().positionalParameters());
        List<OptionSpec> options = CommandTree.options(command);
        options.stream().filter(option -> !isConnection(option)).forEach(rows::add);
        StringBuilder text = new StringBuilder();
        if (options.stream().anyMatch(SettingsTables::isConnection)) {
            text.append("Also has the options of the [connection to Kafka](#connection-to-kafka).\n");
        }
        return rows.isEmpty() ? text.toString() : text + "\n" + table(rows);
    }

    private static String table(List<? extends ArgSpec> rows) {
        StringBuilder table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
        for (ArgSpec row : rows) {
            table.append("| `" + name(row).replace("|", "\\|") + "` | " + escaped(defaultOf(row)) + " | "
                    + escaped(meaning(row)) + " |\n");
        }
        return table.toString();
    }

    /** What the default column says; the words of the help come first. */
    static String defaultOf(ArgSpec setting) {
        Matcher said = DEFAULT.matcher(help(setting));
        if (said.matches()) {
            boolean isSentence = said.group(2).endsWith(".") && !said.group(2).equals(setting.defaultValue());
            return isSentence ? said.group(2).replaceFirst("\\.$", "") : said.group(2);
        }
        if (setting.group() != null && setting.group().multiplicity().min() > 0) {
            return setting.group().options().stream()
                    .map(option -> "`" + option.longestName() + "`")
                    .collect(Collectors.joining(" or ", "", " is required"));
        }
        if (setting.required() || setting instanceof PositionalParamSpec) {
            return "required";
        }
        return setting.arity().max() == 0 ? "off" : "none";
    }

    private static String meaning(ArgSpec setting) {
        String help = help(setting);
        Matcher said = DEFAULT.matcher(help);
        return said.matches() ? said.group(1) : help;
    }

    /** The description on one line, as the help shows it. */
    private static String help(ArgSpec setting) {
        String text = String.join(" ", setting.description());
        String value = Optional.ofNullable(setting.defaultValueString()).orElse("none");
        String candidates = setting.completionCandidates() == null
                ? ""
                : String.join(", ", setting.completionCandidates()).toLowerCase(Locale.ROOT);
        return String.format(text.replace("${DEFAULT-VALUE}", value).replace("${COMPLETION-CANDIDATES}", candidates));
    }

    private static String name(ArgSpec setting) {
        String label = setting.paramLabel();
        if (!(setting instanceof OptionSpec option)) {
            return setting.arity().max() > 1 ? label + "..." : label;
        }
        String name = option.negatable() ? option.longestName().replace("--", "--[no-]") : option.longestName();
        boolean severalInOne = !option.splitRegex().isEmpty() && !label.contains(",");
        return option.arity().max() == 0 ? name : name + " " + label + (severalInOne ? ",..." : "");
    }

    private static String description(CommandLine command) {
        String text = String.join(" ", command.getCommandSpec().usageMessage().description());
        return escaped(String.format(text));
    }

    private static boolean isConnection(OptionSpec option) {
        return CONNECTION.contains(option.longestName());
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
    }
}
