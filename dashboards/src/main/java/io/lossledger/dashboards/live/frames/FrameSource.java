package io.lossledger.dashboards.live.frames;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that clients watch. Thread-safe. */
@FunctionalInterface
public interface FrameSource {
    /** What someone should get whose last frame was this; empty: nothing new. */
    Optional<Frame> after(@Nullable Frame last);
}
