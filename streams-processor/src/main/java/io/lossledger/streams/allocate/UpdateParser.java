package io.lossledger.streams.allocate;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.lossledger.protobuf.Timestamps;
import io.lossledger.protocol.RunId;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.RunAction;
import io.lossledger.protocol.v1.RunRequest;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.letters.InvalidUpdateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Parses a record of the update topic and checks it against the contract. Stateless. */
public final class UpdateParser {
    /** Steps are ints from 0, with room for the end marker's step after the last one. */
    public static final int MAX_STEP = Integer.MAX_VALUE - 1;

    static final int MAX_CHUNKS = 1 << 20;
    private static final int MAX_PARTITIONS = 100_000;
    private static final int MAX_WARNING_LENGTH = 1_000;
    private static final int MAX_REASON_LENGTH = 1_000;

    private UpdateParser() {}

    /** @throws InvalidUpdateException when the record breaks the contract; the message names the field */
    public static Update parse(byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null) {
            throw new InvalidUpdateException("update: must have a value. Found: null");
        }
        Update update = decode(value);
        requireRun(update);
        if (update.hasRequest()) {
            requireRequest(update.getRequest());
        } else {
            requireHeader(update);
        }
        requireKey(key, update);
        switch (update.getBodyCase()) {
            case TENSOR_CHUNK -> TensorChunkRules.require(update.getTensorChunk());
            case FINISHED, REQUEST -> {}
            case LOST -> requireLost(update);
            case BODY_NOT_SET ->
                throw new InvalidUpdateException(
                        "update.body: must be tensor_chunk, finished, request or lost. Found: none");
        }
        return update;
    }

    private static Update decode(byte[] value) {
        try {
            // Vectors make up most of a record and are not copied: nothing changes the bytes.
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(value).newCodedInput();
            in.enableAliasing(true);
            Update update = Update.parseFrom(in);
            in.checkLastTagWas(0);
            return update;
        } catch (IOException e) {
            throw new InvalidUpdateException(
                    "update: must be a lossledger.v1.Update message. Found: " + value.length + " bytes, "
                            + e.getMessage(),
                    e);
        }
    }

    private static void requireRun(Update update) {
        if (!RunId.isValid(update.getRun())) {
            throw new InvalidUpdateException(
                    "update.run: must be 1 to 64 letters, digits, '.', '_' or '-'. Found: " + update.getRun());
        }
    }

    private static void requireRequest(RunRequest request) {
        RunAction action = request.getAction();
        if (action != RunAction.RUN_ACTION_END && action != RunAction.RUN_ACTION_DELETE) {
            throw new InvalidUpdateException(
                    "update.request.action: must be RUN_ACTION_END or RUN_ACTION_DELETE. Found: "
                            + request.getActionValue());
        }
        inRange("update.request.partitions", 1, MAX_PARTITIONS, request.getPartitions());
        inRange("update.request.partition", 0, request.getPartitions() - 1L, request.getPartition());
    }

    private static void requireHeader(Update update) {
        inRange("update.step", 0, MAX_STEP, update.getStep());
        inRange("update.first_step", 0, update.getStep(), update.getFirstStep());
        inRange("update.steps_covered", 0, update.getStep() - update.getFirstStep() + 1L, update.getStepsCovered());
        inRange("update.chunks_in_step", 1, MAX_CHUNKS, update.getChunksInStep());
        if (!Timestamps.isValid(update.getFacts().getTime())) {
            throw new InvalidUpdateException("update.facts.time: must be in the years 1 to 9999. Found: "
                    + update.getFacts().getTime().getSeconds() + " s and "
                    + update.getFacts().getTime().getNanos() + " ns");
        }
        if (update.getFacts().getWarning().length() > MAX_WARNING_LENGTH) {
            throw new InvalidUpdateException("update.facts.warning: must have at most " + MAX_WARNING_LENGTH
                    + " characters. Found: " + update.getFacts().getWarning().length());
        }
        inRange("update.chunk", 0, update.getChunksInStep() - 1L, update.getChunk());
        if (update.getSession() == 0) {
            throw new InvalidUpdateException(
                    "update.session: must be a random number other than 0, the same in all records of a run. Found: 0");
        }
    }

    private static void requireLost(Update update) {
        if (!update.getAnyOrder()) {
            throw new InvalidUpdateException("update.lost: must be in a run with any_order. Found: one without");
        }
        if (update.getTensor() != 0 || update.getChunk() != 0) {
            throw new InvalidUpdateException("update.lost: must have tensor and chunk 0. Found: "
                    + Integer.toUnsignedString(update.getTensor()) + " and " + update.getChunk());
        }
        inRange("update.steps_covered", 1, MAX_STEP, update.getStepsCovered());
        if (update.getLost().getReason().length() > MAX_REASON_LENGTH) {
            throw new InvalidUpdateException("update.lost.reason: must have at most " + MAX_REASON_LENGTH
                    + " characters. Found: " + update.getLost().getReason().length());
        }
    }

    private static void requireKey(byte @Nullable [] key, Update update) {
        String expected = UpdateKey.of(update);
        if (key == null || !Arrays.equals(key, expected.getBytes(StandardCharsets.UTF_8))) {
            throw new InvalidUpdateException("record key: must be " + expected + ". Found: "
                    + (key == null ? "null" : new String(key, StandardCharsets.UTF_8)));
        }
    }

    /** Reads an unsigned 32-bit field and checks that it is in a range of longs. */
    static void inRange(String field, long least, long most, int unsigned) {
        long value = Integer.toUnsignedLong(unsigned);
        if (value < least || value > most) {
            throw new InvalidUpdateException(field + ": must be from " + least + " to " + most + ". Found: " + value);
        }
    }
}
