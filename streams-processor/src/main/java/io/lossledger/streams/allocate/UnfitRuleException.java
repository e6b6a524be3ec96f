package io.lossledger.streams.allocate;

/** The requested rule cannot be applied to what a producer sent. Its message names the objective and the step. */
public final class UnfitRuleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnfitRuleException(String message) {
        super(message);
    }
}
