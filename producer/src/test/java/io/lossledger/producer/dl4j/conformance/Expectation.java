package io.lossledger.producer.dl4j.conformance;

/** What must become of a training that gets a ledger. In each case it must take the same course as without. */
sealed interface Expectation {
    double FINITE_DIFFERENCES = 1e-5;

    /** Every step is booked, and agrees with finite differences. */
    static Expectation measured() {
        return new Measured(FINITE_DIFFERENCES, "");
    }

    /** The same with a larger tolerance, for a reason. */
    static Expectation measured(double tolerance, String reason) {
        return new Measured(tolerance, reason);
    }

    /**
     * The ledger does not attach.
     *
     * @param message part of its message
     * @param reason why, for the documentation
     */
    static Expectation refused(String message, String reason) {
        return new Refused(message, reason);
    }

    /**
     * DL4J itself cannot train this.
     *
     * @param message part of its message
     */
    static Expectation broken(Class<? extends Throwable> exception, String message) {
        return new Broken(exception, message);
    }

    record Measured(double tolerance, String reason) implements Expectation {}

    record Refused(String message, String reason) implements Expectation {}

    record Broken(Class<? extends Throwable> exception, String message) implements Expectation {}
}
