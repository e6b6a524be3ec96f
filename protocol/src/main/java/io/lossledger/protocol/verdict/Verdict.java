package io.lossledger.protocol.verdict;

/**
 * One finding about a run in plain words. Immutable.
 *
 * @param text one line, such as {@code Learned: loss 2.412 → 0.312 over 400 steps}
 */
public record Verdict(State state, String text) {
    /** Whether a finding is good news. */
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

    static Verdict good(String text) {
        return new Verdict(State.GOOD, text);
    }

    static Verdict bad(String text) {
        return new Verdict(State.BAD, text);
    }

    static Verdict open(String text) {
        return new Verdict(State.OPEN, text);
    }

    /** The mark and the text. */
    @Override
    public String toString() {
        return state.mark() + " " + text;
    }
}
