package io.lossledger.protocol.verdict;

/**
 * The answer to one question about a run.
 *
 * @param state whether the answer is good, bad or open
 * @param headline a few words, such as {@code Balanced}
 * @param detail the figures behind it; may be empty
 */
public record Verdict(State state, String headline, String detail) {
    /** What an answer means to the person who asks. */
    public enum State {
        GOOD,
        BAD,
        /** It is too early to say, or nothing can be said. */
        OPEN
    }

    /** One line of text. */
    public String text() {
        return detail.isEmpty() ? headline : headline + ": " + detail;
    }
}
