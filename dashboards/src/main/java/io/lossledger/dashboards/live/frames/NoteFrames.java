package io.lossledger.dashboards.live.frames;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small document that is sent in full whenever it changes. Thread-safe. */
public final class NoteFrames implements FrameSource {
    private final String event;
    private @Nullable String json;
    private @Nullable Frame frame;

    public NoteFrames(String event) {
        this.event = event;
    }

    public synchronized void set(String document) {
        if (!Objects.equals(document, json)) {
            json = document;
            frame = Frame.of(event, document, frame == null ? 1 : frame.notes() + 1);
        }
    }

    @Override
    public synchronized Optional<Frame> after(@Nullable Frame last) {
        return Optional.ofNullable(frame).filter(current -> current != last);
    }
}
