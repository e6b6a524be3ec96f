package io.lossledger.analysis.report.picture;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Text and tables of the page. Stateless. */
public final class Html {
    private Html() {}

    /** Text with HTML's special characters escaped. */
    public static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A table; a single row is transposed. */
    public static String table(Table table) {
        return table.size() == 1 ? upright(table) : lying(table);
    }

    private static String upright(Table table) {
        StringBuilder html = new StringBuilder("<table><tbody>\n");
        for (int i = 0; i < table.columns().size(); i++) {
            html.append("<tr><th>")
                    .append(text(table.columns().get(i)))
                    .append("</th><td>")
                    .append(text(value(table.rows().get(0).get(i))))
                    .append("</td></tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    private static String lying(Table table) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        table.columns().forEach(name -> html.append("<th>").append(text(name)).append("</th>"));
        html.append("</tr></thead><tbody>\n");
        for (List<@Nullable Object> row : table.rows()) {
            html.append("<tr>");
            for (Object value : row) {
                html.append(value instanceof Number ? "<td class=n>" : "<td>")
                        .append(text(value(value)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table>").toString();
    }

    public static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : number(share);
    }

    /** A number with four significant digits. */
    static String value(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Double number) {
            return number(number);
        }
        return value instanceof Number whole ? String.format(Locale.ROOT, "%,d", whole.longValue()) : value.toString();
    }

    public static String number(double number) {
        double size = Math.abs(number);
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "NaN" : number > 0 ? "∞" : "−∞";
        }
        if (number == Math.rint(number) && size < 1e15) {
            return String.format(Locale.ROOT, "%,d", (long) number);
        }
        if (size >= 1e-3 && size < 1e5) {
            int digits = (int) Math.max(0, 3 - Math.floor(Math.log10(size)));
            return String.format(Locale.ROOT, "%,." + digits + "f", number);
        }
        return String.format(Locale.ROOT, "%.3e", number);
    }
}
