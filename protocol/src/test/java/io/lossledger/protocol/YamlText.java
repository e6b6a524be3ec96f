package io.lossledger.protocol;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes maps, lists, texts, numbers and booleans as YAML, in their order. Stateless. */
final class YamlText {
    private static final int WIDTH = 130;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");
    private static final Pattern NOT_TEXT = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|nan|infinity");
    private static final Pattern WORDS = Pattern.compile("\\S+( \\S+)*");
    /** YAML's quoted texts are those of JSON. */
    private static final Gson QUOTED = new GsonBuilder().disableHtmlEscaping().create();

    private YamlText() {}

    static String of(Map<?, ?> document) {
        StringBuilder text = new StringBuilder();
        appendMap(text, document, 0);
        return text.toString();
    }

    private static void appendMap(StringBuilder text, Map<?, ?> map, int indent) {
        map.forEach((key, value) -> {
            text.append(" ".repeat(indent)).append(scalar(key)).append(':');
            appendValue(text, value, indent);
        });
    }

    private static void appendValue(StringBuilder text, Object value, int indent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            text.append('\n');
            appendMap(text, map, indent + 2);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            text.append('\n');
            list.forEach(item -> appendItem(text, item, indent + 2));
        } else if (value instanceof String words
                && words.length() > WIDTH - indent
                && WORDS.matcher(words).matches()) {
            appendFolded(text, words, indent + 2);
        } else {
            text.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static void appendItem(StringBuilder text, Object item, int indent) {
        if (!(item instanceof Map<?, ?> map)) {
            text.append(" ".repeat(indent)).append("- ").append(scalar(item)).append('\n');
            return;
        }
        int start = text.length() + indent;
        appendMap(text, map, indent + 2);
        text.setCharAt(start, '-');
    }

    /** Line ends stand for spaces. */
    private static void appendFolded(StringBuilder text, String words, int indent) {
        text.append(" >-");
        int column = WIDTH;
        for (Iterator<String> rest = List.of(words.split(" ")).iterator(); rest.hasNext(); ) {
            String word = rest.next();
            if (column + 1 + word.length() > WIDTH) {
                text.append('\n').append(" ".repeat(indent)).append(word);
                column = indent + word.length();
            } else {
                text.append(' ').append(word);
                column += 1 + word.length();
            }
        }
        text.append('\n');
    }

    private static String scalar(Object value) {
        boolean plain = !(value instanceof String text)
                || (PLAIN.matcher(text).matches() && !NOT_TEXT.matcher(text).matches());
        return plain ? value.toString() : QUOTED.toJson(value);
    }
}
