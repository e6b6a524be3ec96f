package io.lossledger.standalone;

/** How commands end, beside 0 for success; the README and {@code lossledger --help} say what each means. */
final class ExitCode {
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_BALANCED = 3;
    static final int RECORDS_LOST = 4;
    static final int NOT_BOOKED = 5;

    private ExitCode() {}
}
