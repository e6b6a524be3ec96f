package io.lossledger.streams.check;

import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.steps.CoveredSteps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the records of each chunk have in common, and their order. Not thread-safe. */
final class ChunkHistories {
    private static final int NO_END = -1;

    private final Findings findings;
    /** The step of the end markers in a run whose steps come in any order. */
    private int end = NO_END;

    private final Map<Integer, History> byChunk = new TreeMap<>();

    /** One chunk: its place in the model, and how far it has come. */
    static final class History {
        final int partition;
        final int tensor;

        @Nullable
        TensorChunk first;

        /** Of its first record. */
        final int hash;

        long records;
        long lastStep = -1;
        boolean ended;
        /** Step up to which the chunk has been sent again, from its first one; -1 when it is not. */
        long copiedTo = -1;
        /** In a run whose steps come in any order. */
        final CoveredSteps covered = new CoveredSteps();

        History(int partition, int tensor, int hash) {
            this.partition = partition;
            this.tensor = tensor;
            this.hash = hash;
        }

        /** Whether this is one of the records that come again, in order, because the file of the run is relayed again. */
        boolean isCopy(int recordHash, Update update) {
            boolean again = recordHash == hash && records > 0;
            boolean sent = update.hasFinished() ? ended : update.getStep() <= lastStep;
            boolean goesOn = copiedTo >= 0 && update.getStep() > copiedTo && sent;
            copiedTo = again || goesOn ? update.getStep() : -1;
            return again || goesOn;
        }
    }

    ChunkHistories(Findings findings) {
        this.findings = findings;
    }

    /** False when the record repeats, or comes after the end. */
    boolean enter(SentRecord record, Update update) {
        int hash = Arrays.hashCode(record.value());
        History history = byChunk.computeIfAbsent(
                update.getChunk(), c -> new History(record.partition(), update.getTensor(), hash));
        require(record, history.tensor == update.getTensor(), "update.tensor", history.tensor, update.getTensor());
        require(record, history.partition == record.partition(), "partition", history.partition, record.partition());
        if (update.getAnyOrder()) {
            return enterAnyOrder(record, update, history);
        }
        if (history.isCopy(hash, update)) {
            return false;
        }
        history.records++;
        if (history.ended) {
            findings.add(
                    record.place(),
                    "update.finished: must be the last record of its chunk. Found: another of step "
                            + update.getStep());
            return false;
        }
        if (update.hasFinished()) {
            history.ended = true;
            if (update.getStep() <= history.lastStep) {
                findings.add(
                        record.place(),
                        "update.finished: must carry the step after the last one trained, at least "
                                + (history.lastStep + 1) + ". Found: " + update.getStep());
            }
            return true;
        }
        long begins = update.getStep() - Math.max(1, update.getStepsCovered()) + 1L;
        if (begins <= history.lastStep) {
            findings.add(
                    record.place(),
                    "update.step: segments of a chunk must follow each other, the next one beginning at step "
                            + (history.lastStep + 1) + " or later. Found: steps " + begins + " to "
                            + update.getStep());
            return false;
        }
        history.lastStep = update.getStep();
        requireSamePlace(record, history, update.getTensorChunk());
        return true;
    }

    private boolean enterAnyOrder(SentRecord record, Update update, History history) {
        history.records++;
        if (update.hasFinished()) {
            boolean again = history.ended;
            history.ended = true;
            end = Math.max(end, update.getStep());
            return !again;
        }
        int begins = update.getStep() - Math.max(1, update.getStepsCovered()) + 1;
        if (!history.covered.add(begins, update.getStep() + 1)) {
            if (!history.covered.contains(begins, update.getStep() + 1)) {
                findings.add(
                        record.place(),
                        "update.step: segments of a chunk must not overlap. Found: steps " + begins + " to "
                                + update.getStep() + ", some of which have come");
            }
            return false;
        }
        history.lastStep = Math.max(history.lastStep, update.getStep());
        requireSamePlace(record, history, update.getTensorChunk());
        return true;
    }

    private void requireSamePlace(SentRecord record, History history, TensorChunk chunk) {
        TensorChunk first = history.first;
        if (first == null) {
            history.first = chunk.toBuilder()
                    .clearDelta()
                    .clearObjectives()
                    .clearParts()
                    .build();
            return;
        }
        String field = "tensor_chunk.";
        require(record, first.getOffset() == chunk.getOffset(), field + "offset", first.getOffset(), chunk.getOffset());
        require(record, first.getCount() == chunk.getCount(), field + "count", first.getCount(), chunk.getCount());
        require(
                record,
                first.getTensorName().equals(chunk.getTensorName()),
                field + "tensor_name",
                first.getTensorName(),
                chunk.getTensorName());
        require(record, first.getLayer().equals(chunk.getLayer()), field + "layer", first.getLayer(), chunk.getLayer());
        require(
                record,
                first.getLayerIndex() == chunk.getLayerIndex(),
                field + "layer_index",
                first.getLayerIndex(),
                chunk.getLayerIndex());
        require(record, first.getRole() == chunk.getRole(), field + "role", first.getRole(), chunk.getRole());
        boolean unmapped = first.getParametersPerUnit() == 0 || chunk.getParametersPerUnit() == 0;
        require(
                record,
                unmapped || first.getParametersPerUnit() == chunk.getParametersPerUnit(),
                field + "parameters_per_unit",
                first.getParametersPerUnit(),
                chunk.getParametersPerUnit());
        require(
                record,
                unmapped || first.getFirstUnit() == chunk.getFirstUnit(),
                field + "first_unit",
                first.getFirstUnit(),
                chunk.getFirstUnit());
    }

    private void require(SentRecord record, boolean holds, String field, Object expected, Object found) {
        if (!holds) {
            findings.add(
                    record.place(),
                    field + ": must be the same in all records of a chunk, " + expected + ". Found: " + found);
        }
    }

    /** The step after the last one trained of a run whose steps come in any order; empty when no end marker has come. */
    OptionalInt endStep() {
        return end == NO_END ? OptionalInt.empty() : OptionalInt.of(end);
    }

    void end(int chunksInStep) {
        boolean begun = byChunk.values().stream().anyMatch(chunk -> chunk.first != null);
        boolean goneOn = byChunk.values().stream().anyMatch(chunk -> chunk.records > 1);
        if (begun && goneOn && !isWhole(chunksInStep)) {
            findings.add(
                    "the run",
                    "update.chunks_in_step: must be the number of chunks that are sent. Found: " + chunksInStep
                            + ", and " + byChunk.size() + " chunks with records");
        }
        long open = byChunk.values().stream().filter(chunk -> !chunk.ended).count();
        if (open > 0 && open < byChunk.size()) {
            findings.add(
                    "the run",
                    "update.finished: must end every chunk. Found: " + open + " of " + byChunk.size() + " without it");
        }
        int last = byChunk.values().stream()
                .mapToInt(chunk -> chunk.covered.end(0))
                .max()
                .orElse(0);
        if (end != NO_END && end < last) {
            findings.add(
                    "the run",
                    "update.finished: must carry the step after the last one trained, at least " + last + ". Found: "
                            + end);
        }
        requireWholeTensors();
    }

    /** In chunk order, the chunks of a tensor follow each other without gap or overlap. */
    private void requireWholeTensors() {
        Map<Integer, Long> next = new TreeMap<>();
        byChunk.forEach((index, history) -> {
            TensorChunk chunk = history.first;
            if (chunk == null) {
                return;
            }
            long expected = next.getOrDefault(history.tensor, 0L);
            if (chunk.getOffset() != expected) {
                findings.add(
                        "chunk " + index,
                        "tensor_chunk.offset: chunks of a tensor must follow each other, the next one at " + expected
                                + ". Found: " + chunk.getOffset());
            }
            next.put(history.tensor, chunk.getOffset() + chunk.getCount());
        });
    }

    /** Whether every chunk of a step has records. */
    boolean isWhole(int chunksInStep) {
        return byChunk.size() >= chunksInStep;
    }

    /** Whether a chunk that is not among these has sent a later step, or its end. */
    boolean hasPassed(int step, Set<Integer> chunks) {
        return byChunk.entrySet().stream()
                .anyMatch(entry -> !chunks.contains(entry.getKey())
                        && (entry.getValue().ended || entry.getValue().lastStep > step));
    }

    /** Whether every chunk has sent its end marker. */
    boolean isEnded() {
        return byChunk.values().stream().allMatch(chunk -> chunk.ended);
    }

    /** The tensors that have chunks: their first chunk, and their number of parameters. */
    Map<Integer, SentTensor> tensors() {
        Map<Integer, List<TensorChunk>> grouped = new TreeMap<>();
        for (History history : byChunk.values()) {
            if (history.first != null) {
                grouped.computeIfAbsent(history.tensor, t -> new ArrayList<>()).add(history.first);
            }
        }
        Map<Integer, SentTensor> tensors = new TreeMap<>();
        grouped.forEach((tensor, list) -> tensors.put(
                tensor,
                new SentTensor(
                        list.get(0),
                        list.stream().mapToLong(TensorChunk::getCount).sum())));
        return tensors;
    }

    record SentTensor(TensorChunk chunk, long parameters) {}
}
