package io.lossledger.streams.letters;

/** Chunks that do not make a step which can be booked, though each of them could be allocated. */
public final class UnbookableStepException extends InvalidUpdateException {
    private static final long serialVersionUID = 1L;

    public UnbookableStepException(String message) {
        super(message);
    }
}
