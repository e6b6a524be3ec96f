package io.lossledger.standalone.terminal;

/** The exit codes of commands other than 0 for success. {@code lossledger --help} says what each one means. */
public final class ExitCode {
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOT_BALANCED = 3;
    public static final int RECORDS_LOST = 4;
    public static final int NOT_BOOKED = 5;

    private ExitCode() {}
}
