package io.lossledger.standalone.terminal;

import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;

/** Says which topics cannot be read, and why: once each, and when they can be read again. Not thread-safe. */
public final class TroubleLines {
    private final PrintWriter out;
    private final Map<String, String> said = new TreeMap<>();

    public TroubleLines(PrintWriter out) {
        this.out = out;
    }

    /** @param reasons by topic, all that there are now */
    public void show(Map<String, String> reasons) {
        reasons.forEach((topic, reason) -> {
            if (!reason.equals(said.put(topic, reason))) {
                out.println(topic + " " + reason);
            }
        });
        said.keySet().removeIf(topic -> {
            boolean isOver = !reasons.containsKey(topic);
            if (isOver) {
                out.println(topic + " can be read again");
            }
            return isOver;
        });
    }
}
