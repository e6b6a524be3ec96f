package io.lossledger.tests;

import io.lossledger.standalone.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** What a {@code lossledger} command answered that ran in this JVM, which takes less time than a JVM of its own. */
record CommandAnswer(int code, String out, String err) {
    /** Runs a command that ends by itself. */
    static CommandAnswer of(List<?> words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        int code = command.execute(words.stream().map(Object::toString).toArray(String[]::new));
        return new CommandAnswer(code, out.toString(), err.toString());
    }

    /** The line that says what went wrong; fails unless it is the only one. */
    String fault() {
        List<String> lines =
                err.lines().filter(line -> line.startsWith("lossledger:")).toList();
        if (lines.size() != 1) {
            throw new AssertionError("One line must say what went wrong. Found: " + err);
        }
        return lines.get(0);
    }
}
