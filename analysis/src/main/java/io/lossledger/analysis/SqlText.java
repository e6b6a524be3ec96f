package io.lossledger.analysis;

/** SQL literals. */
final class SqlText {
    private SqlText() {}

    /** A text or file path as a quoted literal. */
    static String quoted(Object text) {
        return "'" + text.toString().replace("'", "''") + "'";
    }
}
