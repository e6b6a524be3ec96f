package io.lossledger.streams.replay;

import io.lossledger.protocol.v1.RunFinished;
import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.raw.StepRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cuts the updates of a run down to a range of steps: the run begins with the first step of the range and ends after
 * the last one, with an end marker in every chunk. A segment that reaches beyond the range is omitted; where steps come in
 * any order, and would be waited for, it is lost. Not thread-safe.
 */
final class RangeCut {
    private final StepRange range;
    private final Map<String, Cut> cuts = new HashMap<>();

    /** The chunks of a run that have passed the range, and an end marker once any chunk has reached its last step. */
    private record Cut(BitSet chunks, Update marker, long timestampMillis) {}

    RangeCut(StepRange range) {
        this.range = range;
    }

    /** The updates to book instead; none when it is outside the range. */
    List<Update> apply(Update update, long timestampMillis) {
        if (range.equals(StepRange.ALL) || update.hasRequest()) {
            return List.of(update);
        }
        List<Update> wanted = new ArrayList<>();
        if (isInside(update)) {
            wanted.add(update.toBuilder().setFirstStep(first(update)).build());
        } else if (update.getAnyOrder() && update.getChunk() == 0 && overlaps(update)) {
            wanted.add(lost(update));
        }
        if (update.getStep() > range.to() && !isEndOfRange(update)) {
            end(update, timestampMillis).ifPresent(wanted::add);
        } else if (update.getStep() == range.to() && !update.hasFinished()) {
            cut(update, timestampMillis);
        }
        return wanted;
    }

    private boolean isInside(Update update) {
        int least = update.hasFinished() ? update.getStep() : start(update);
        return least >= range.from() && (update.getStep() <= range.to() || isEndOfRange(update));
    }

    private boolean isEndOfRange(Update update) {
        return update.hasFinished() && update.getStep() == range.to() + 1;
    }

    private boolean overlaps(Update update) {
        return !update.hasFinished() && update.getStep() >= range.from() && start(update) <= range.to();
    }

    private static int start(Update update) {
        return update.getStep() - Math.max(1, update.getStepsCovered()) + 1;
    }

    /** What a segment has in common with the range. */
    private Update lost(Update update) {
        int from = Math.max(start(update), range.from());
        int last = Math.min(update.getStep(), range.to());
        SegmentLost lost = SegmentLost.newBuilder()
                .setReason("the segment of steps " + start(update) + " to " + update.getStep()
                        + " reaches beyond the range")
                .build();
        return update.toBuilder()
                .setStep(last)
                .setFirstStep(first(update))
                .setStepsCovered(last - from + 1)
                .clearFacts()
                .setLost(update.hasLost() ? update.getLost() : lost)
                .build();
    }

    /**
     * The end markers of chunks that have not passed the range after the last update, if the run has reached the end of
     * the range.
     */
    List<Update> missingMarkers(String run) {
        List<Update> markers = new ArrayList<>();
        Cut cut = cuts.get(run);
        if (cut != null) {
            for (int chunk = 0; chunk < cut.marker.getChunksInStep(); chunk++) {
                if (!cut.chunks.get(chunk)) {
                    markers.add(cut.marker.toBuilder().setChunk(chunk).build());
                }
            }
        }
        return markers;
    }

    /** Time of the first marker. */
    long timestampMillis(String run) {
        Cut cut = cuts.get(run);
        return cut == null ? 0 : cut.timestampMillis;
    }

    private Optional<Update> end(Update update, long timestampMillis) {
        Cut cut = cut(update, timestampMillis);
        if (cut.chunks.get(update.getChunk())) {
            return Optional.empty();
        }
        cut.chunks.set(update.getChunk());
        return Optional.of(marker(update));
    }

    private Cut cut(Update update, long timestampMillis) {
        return cuts.computeIfAbsent(update.getRun(), run -> new Cut(new BitSet(), marker(update), timestampMillis));
    }

    private Update marker(Update update) {
        return update.toBuilder()
                .setStep(range.to() + 1)
                .setFirstStep(first(update))
                .clearStepsCovered()
                .clearFacts()
                .setFinished(RunFinished.getDefaultInstance())
                .build();
    }

    private int first(Update update) {
        return Math.max(update.getFirstStep(), range.from());
    }
}
