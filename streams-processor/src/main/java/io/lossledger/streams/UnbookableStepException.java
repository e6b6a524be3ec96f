package io.lossledger.streams;

/** Chunks that do not make a step which can be booked, though each of them could be allocated. */
final class UnbookableStepException extends InvalidUpdateException {
    private static final long serialVersionUID = 1L;

    UnbookableStepException(String message) {
        super(message);
    }
}
