package io.lossledger.tests;

import java.util.ArrayList;
import java.util.List;

/**
 * Commands that Ctrl-C ends. A process inherits from its parent that SIGINT is ignored, and a JVM or a Python then never sees it. So it
 * would be wherever these tests run in the background of a script or below {@code nohup}.
 */
final class CtrlC {
    /** Each starts a command with SIGINT's default action: that of coreutils 8.31 and later, and one for other systems. */
    private static final List<List<String>> LAUNCHERS = List.of(
            List.of("env", "--default-signal=INT"),
            List.of("perl", "-e", "$SIG{INT} = 'DEFAULT'; exec {$ARGV[0]} @ARGV or die qq($ARGV[0]: $!\\n)"));

    private static final List<String> LAUNCHER = launcher();

    private CtrlC() {}

    /** The same command with the action of SIGINT restored; unchanged where there is nothing to do so. */
    static List<String> ends(List<String> command) {
        List<String> started = new ArrayList<>(LAUNCHER);
        started.addAll(command);
        return started;
    }

    private static List<String> launcher() {
        for (List<String> launcher : LAUNCHERS) {
            List<String> probe = new ArrayList<>(launcher);
            probe.add("true");
            try {
                if (OutsideTools.runs(probe.toArray(String[]::new))) {
                    return launcher;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("Interrupted", e);
            }
        }
        return List.of();
    }
}
