package io.lossledger.analysis;

/** Literals of SQL. */
final class SqlText {
    private SqlText() {}

    /** Text, or the path of a file, between quotes. */
    static String quoted(Object text) {
        return "'" + text.toString().replace("'", "''") + "'";
    }
}
