package io.lossledger.dashboards;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that clients watch. Thread-safe. */
@FunctionalInterface
interface FrameSource {
    /** What someone should get whose last frame was this; empty: nothing new. */
    Optional<Frame> after(@Nullable Frame last);
}
