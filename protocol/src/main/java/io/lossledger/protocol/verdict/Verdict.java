package io.lossledger.protocol.verdict;

/**
 * The answer to one question about a run, in plain words. Immutable.
 *
 * @param headline a few words, such as {@code Learned}
 * @param detail the figures behind them, such as {@code loss 2.412 → 0.312 over 400 steps}; may be empty
 */
public record Verdict(State state, String headline, String detail) {
    /** Whether an answer is good news. */
    public enum State {
        GOOD("✓"),
        BAD("✗"),
        /** It cannot be said. */
        OPEN("–");

        private final String mark;

        State(String mark) {
            this.mark = mark;
        }

        /** One character for tables. */
        public String mark() {
            return mark;
        }
    }

    static Verdict good(String headline, String detail) {
        return new Verdict(State.GOOD, headline, detail);
    }

    static Verdict bad(String headline, String detail) {
        return new Verdict(State.BAD, headline, detail);
    }

    static Verdict open(String headline, String detail) {
        return new Verdict(State.OPEN, headline, detail);
    }

    /** The mark and the words on one line. */
    @Override
    public String toString() {
        return state.mark() + " " + headline + (detail.isEmpty() ? "" : ": " + detail);
    }
}
