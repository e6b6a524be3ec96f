package io.lossledger.dashboards.live.frames;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source that clients watch. Thread-safe. */
@FunctionalInterface
public interface FrameSource {
    /** The next frame for a client with this last frame; empty: nothing new. */
    Optional<Frame> after(@Nullable Frame last);
}
