package io.lossledger.standalone.options;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists the options of every command under headings: its own first, then those of each {@link OptionGroup}, then help. */
public final class GroupedHelp {
    private static final String OWN = "Options";
    private static final String HELP = "Help";

    private GroupedHelp() {}

    /** Applies to a command and all its subcommands. */
    public static void install(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.abbreviateSynopsis(true);
        usage.parameterListHeading("%nArguments:%n");
        usage.commandListHeading("%nCommands:%n");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedHelp::options);
        command.getSubcommands().values().forEach(GroupedHelp::install);
    }

    private static String options(Help help) {
        List<OptionSpec> all = help.commandSpec().options();
        StringBuilder text = new StringBuilder();
        groups(all).forEach((heading, options) -> {
            // Widths follow from all options, so that the columns of all groups are the same.
            Help.Layout layout =
                    help.createDefaultLayout(all, help.commandSpec().positionalParameters(), help.colorScheme());
            layout.addOptions(options, help.parameterLabelRenderer());
            text.append(String.format("%n%s:%n", heading)).append(layout);
        });
        return text.toString();
    }

    private static Map<String, List<OptionSpec>> groups(List<OptionSpec> all) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        groups.put(OWN, new ArrayList<>());
        all.stream()
                .filter(option -> !option.hidden() && !isHelp(option))
                .forEach(option -> groups.computeIfAbsent(heading(option), any -> new ArrayList<>())
                        .add(option));
        groups.put(
                HELP, new ArrayList<>(all.stream().filter(GroupedHelp::isHelp).toList()));
        groups.values().removeIf(List::isEmpty);
        groups.values().forEach(options -> options.sort(Comparator.comparing(OptionSpec::longestName)));
        return groups;
    }

    private static String heading(OptionSpec option) {
        if (!(option.userObject() instanceof Field field)) {
            return OWN;
        }
        OptionGroup group = field.isAnnotationPresent(OptionGroup.class)
                ? field.getAnnotation(OptionGroup.class)
                : field.getDeclaringClass().getAnnotation(OptionGroup.class);
        return group == null ? OWN : group.value();
    }

    private static boolean isHelp(OptionSpec option) {
        return option.usageHelp() || option.versionHelp();
    }
}
