package io.lossledger.dashboards.live.topics;

/** Thrown by a {@link TopicReader.Sink}: reading must start again, from where its {@link TopicReader.Start} says then. */
public final class StartAgainException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StartAgainException(String message) {
        super(message);
    }
}
